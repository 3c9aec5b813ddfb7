package official

// Rows are the resources of an account in the form in which archives hold them: JSON with names of its own, so that the
// records of the store can change without the archives. ExportRows makes them and ImportRow takes them.

// RowKind says what a row is.
type RowKind string

// The kinds of rows, in the order in which they are exported. A row refers to nothing that comes after it.
const (
	RowAccount  RowKind = "account"
	RowGroup    RowKind = "group"
	RowFollower RowKind = "follower"
	RowText     RowKind = "text"
	RowMedia    RowKind = "media"
	RowArticle  RowKind = "article"
	RowNews     RowKind = "news"
	RowRule     RowKind = "rule"
	RowButton   RowKind = "button"
	RowInbound  RowKind = "inbound"
	RowMassSend RowKind = "mass_send"
	RowCursor   RowKind = "cursor"
)

// rowPlace is the position of a row in its list: time and tick.
type rowPlace [2]int64

func (p place) row() rowPlace { return rowPlace{p.Time, int64(p.Tick)} }

// place returns the position, or that of a row made at a time if there is none.
func (p rowPlace) place(created int64) place {
	if p == (rowPlace{}) {
		return place{Time: max(created, 0)}
	}
	return place{Time: max(p[0], 0), Tick: uint32(max(0, min(p[1], 1<<32-1)))}
}

// AccountRow is an account. Token and Credentials are secrets.
type AccountRow struct {
	ID               string `json:"id"`
	OriginalID       string `json:"original_id"`
	Created          int64  `json:"created,omitempty"`
	FollowersFetched bool   `json:"followers_fetched,omitempty"`
	MenuFetched      bool   `json:"menu_fetched,omitempty"`
	// Token signs the platform's callbacks.
	Token string `json:"token,omitempty"`
	// Credentials are sealed: a service with the same key opens them.
	Credentials *SealedRow `json:"credentials,omitempty"`
}

// SealedRow is something sealed with a key that KeyID names.
type SealedRow struct {
	KeyID string `json:"key_id"`
	Nonce []byte `json:"nonce"`
	Box   []byte `json:"box"`
}

// GroupRow is a group of followers.
type GroupRow struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Place rowPlace `json:"place,omitzero"`
}

// FollowerRow is somebody who follows the account or has followed it.
type FollowerRow struct {
	OpenID          string          `json:"open_id"`
	Nickname        string          `json:"nickname,omitempty"`
	Country         string          `json:"country,omitempty"`
	Province        string          `json:"province,omitempty"`
	City            string          `json:"city,omitempty"`
	Language        string          `json:"language,omitempty"`
	UnionID         string          `json:"union_id,omitempty"`
	Remark          string          `json:"remark,omitempty"`
	Avatar          string          `json:"avatar,omitempty"`
	Gender          Gender          `json:"gender,omitempty"`
	Subscribed      bool            `json:"subscribed,omitempty"`
	SubscribeTime   int64           `json:"subscribe_time,omitempty"`
	UnsubscribeTime int64           `json:"unsubscribe_time,omitempty"`
	Ungrouped       bool            `json:"ungrouped,omitempty"`
	Blocked         bool            `json:"blocked,omitempty"`
	Groups          []MembershipRow `json:"groups,omitempty"`
	Seen            int64           `json:"seen,omitempty"`
}

// MembershipRow is a follower's place in a group.
type MembershipRow struct {
	Group  string `json:"group"`
	Joined int64  `json:"joined,omitempty"`
}

// TextRow is a text to reply with.
type TextRow struct {
	ID      string `json:"id"`
	Content string `json:"content"`
	Created int64  `json:"created,omitempty"`
}

// MediaRow is a medium; its content has Size bytes and the given SHA-256, in hexadecimal digits.
type MediaRow struct {
	ID          string    `json:"id"`
	Kind        MediaKind `json:"kind"`
	Name        string    `json:"name,omitempty"`
	Title       string    `json:"title,omitempty"`
	Description string    `json:"description,omitempty"`
	Created     int64     `json:"created,omitempty"`
	Version     uint64    `json:"version,omitempty"`
	Deleted     bool      `json:"deleted,omitempty"`
	Place       rowPlace  `json:"place,omitzero"`
	Size        int64     `json:"size"`
	Digest      string    `json:"sha256"`
}

// ArticleRow is an article, with its content.
type ArticleRow struct {
	ID        string `json:"id"`
	News      string `json:"news"`
	Title     string `json:"title"`
	Author    string `json:"author,omitempty"`
	Digest    string `json:"digest,omitempty"`
	Image     string `json:"image"`
	Source    string `json:"source,omitempty"`
	ShowCover bool   `json:"show_cover,omitempty"`
	Updated   int64  `json:"updated,omitempty"`
	Replaced  bool   `json:"replaced,omitempty"`
	Content   string `json:"content"`
}

// NewsRow is a news; its articles are rows before it.
type NewsRow struct {
	ID       string   `json:"id"`
	Created  int64    `json:"created,omitempty"`
	Version  uint64   `json:"version,omitempty"`
	Articles []string `json:"articles"`
	Deleted  bool     `json:"deleted,omitempty"`
	Place    rowPlace `json:"place,omitzero"`
}

// RuleRow is a keyword rule.
type RuleRow struct {
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	Reply     string       `json:"reply"`
	ReplyType ReplyType    `json:"reply_type"`
	Keywords  []KeywordRow `json:"keywords,omitempty"`
	Created   int64        `json:"created,omitempty"`
	Updated   int64        `json:"updated,omitempty"`
	Place     rowPlace     `json:"place,omitzero"`
}

// KeywordRow is a keyword of a rule.
type KeywordRow struct {
	ID      string `json:"id"`
	Content string `json:"content"`
	Fuzzy   bool   `json:"fuzzy,omitempty"`
}

// ButtonRow is a button of the menu.
type ButtonRow struct {
	ID        string    `json:"id"`
	Parent    string    `json:"parent"`
	Name      string    `json:"name"`
	Type      string    `json:"type,omitempty"`
	Keycode   string    `json:"keycode,omitempty"`
	URL       string    `json:"url,omitempty"`
	Reply     string    `json:"reply,omitempty"`
	ReplyType ReplyType `json:"reply_type,omitempty"`
	Sequence  int       `json:"sequence,omitempty"`
}

// CursorRow is a position that an adapter has stored.
type CursorRow struct {
	Name     string `json:"name"`
	Position string `json:"position"`
}
