package official

// InboundRow is a received message. Events are not exported: they are kept to know their repetitions, which come soon.
type InboundRow struct {
	ID           string      `json:"id"`
	Kind         InboundKind `json:"kind"`
	Sender       string      `json:"sender"`
	Time         int64       `json:"time"`
	Content      string      `json:"content,omitempty"`
	MediaID      string      `json:"media_id,omitempty"`
	ThumbMediaID string      `json:"thumb_media_id,omitempty"`
	PictureURL   string      `json:"picture_url,omitempty"`
	Copy         string      `json:"copy,omitempty"`
	ThumbCopy    string      `json:"thumb_copy,omitempty"`
	Format       string      `json:"format,omitempty"`
	Recognition  string      `json:"recognition,omitempty"`
	Latitude     string      `json:"latitude,omitempty"`
	Longitude    string      `json:"longitude,omitempty"`
	Scale        string      `json:"scale,omitempty"`
	Label        string      `json:"label,omitempty"`
	Title        string      `json:"title,omitempty"`
	Description  string      `json:"description,omitempty"`
	URL          string      `json:"url,omitempty"`
	Answered     bool        `json:"answered,omitempty"`
	Place        rowPlace    `json:"place,omitzero"`
}

func (m *inboundRecord) row() *InboundRow {
	return &InboundRow{
		ID: m.ID, Kind: m.Kind, Sender: m.Sender, Time: m.Time, Content: m.Content, MediaID: m.MediaID,
		ThumbMediaID: m.ThumbMediaID, PictureURL: m.PictureURL, Copy: m.Copy, ThumbCopy: m.ThumbCopy, Format: m.Format,
		Recognition: m.Recognition, Latitude: m.Latitude, Longitude: m.Longitude, Scale: m.Scale, Label: m.Label,
		Title: m.Title, Description: m.Description, URL: m.URL, Answered: m.Answered, Place: m.Place.row(),
	}
}

func (r *InboundRow) record() *inboundRecord {
	return &inboundRecord{Place: r.Place.place(r.Time), Inbound: Inbound{
		ID: r.ID, Kind: r.Kind, Sender: r.Sender, Time: r.Time, Content: r.Content, MediaID: r.MediaID,
		ThumbMediaID: r.ThumbMediaID, PictureURL: r.PictureURL, Copy: r.Copy, ThumbCopy: r.ThumbCopy, Format: r.Format,
		Recognition: r.Recognition, Latitude: r.Latitude, Longitude: r.Longitude, Scale: r.Scale, Label: r.Label,
		Title: r.Title, Description: r.Description, URL: r.URL, Answered: r.Answered,
	}}
}

// MassSendRow is a mass send. One that is not settled is exported as one that has ended: who is in its audience stays
// where it was made, so that nobody gets it twice.
type MassSendRow struct {
	ID       string     `json:"id"`
	Group    string     `json:"group"`
	Gender   *Gender    `json:"gender,omitempty"`
	Type     string     `json:"type"`
	Material string     `json:"material"`
	Created  int64      `json:"created,omitempty"`
	Size     int        `json:"size,omitempty"`
	Failed   bool       `json:"failed,omitempty"` // its preparation did
	Chunks   []ChunkRow `json:"chunks,omitempty"`
	Place    rowPlace   `json:"place,omitzero"`
}

// ChunkRow is a part of a mass send.
type ChunkRow struct {
	Size      int        `json:"size"`
	State     ChunkState `json:"state"` // sent, refused or unknown
	MessageID int64      `json:"message_id,omitempty"`
	Code      int        `json:"code,omitempty"`
	Note      string     `json:"note,omitempty"`
	Finish    *FinishRow `json:"finish,omitempty"`
}

// FinishRow is the platform's report on the end of a chunk.
type FinishRow struct {
	Status    string `json:"status"`
	Succeeded bool   `json:"succeeded,omitempty"`
	Total     int64  `json:"total,omitempty"`
	Filtered  int64  `json:"filtered,omitempty"`
	Sent      int64  `json:"sent,omitempty"`
	Failed    int64  `json:"failed,omitempty"`
}

// notSentHere is the note of a chunk that was pending when its mass send was exported.
const notSentHere = "was not sent before the account was moved"

func (m *massRecord) row() *MassSendRow {
	r := &MassSendRow{
		ID: m.ID, Group: m.Audience.Group, Gender: m.Audience.Gender, Type: m.Type, Material: m.Material, Created: m.Created,
		Size: m.Size, Failed: m.Status != "", Place: m.Place.row(),
	}
	for i := range m.Chunks {
		p := &m.Chunks[i]
		c := ChunkRow{Size: p.Size, State: p.State, MessageID: p.MessageID, Code: p.Code, Note: p.Note}
		switch p.State {
		case ChunkPending:
			c.State, c.Note = ChunkRefused, notSentHere
		case ChunkSending:
			c.State = ChunkUnknown
		case ChunkSent, ChunkRefused, ChunkUnknown:
		}
		if f := p.Finish; f != nil {
			c.Finish = &FinishRow{f.Status, f.Succeeded, f.Counts.Total, f.Counts.Filtered, f.Counts.Sent, f.Counts.Failed}
		}
		r.Chunks = append(r.Chunks, c)
	}
	return r
}

func (r *MassSendRow) record() *massRecord {
	m := &massRecord{Place: r.Place.place(r.Created)}
	m.MassSend = MassSend{
		ID: r.ID, Created: r.Created, Size: r.Size,
		MassSendInput: MassSendInput{Audience: Selection{Group: r.Group, Gender: r.Gender}, Type: r.Type, Material: r.Material},
	}
	if r.Failed {
		m.Status = MassFailed
	}
	for i := range r.Chunks {
		c := &r.Chunks[i]
		p := Chunk{Index: i, Size: c.Size, State: c.State, MessageID: c.MessageID, Code: c.Code, Note: c.Note}
		if f := c.Finish; f != nil {
			p.Finish = &Finish{f.Status, f.Succeeded, Counts{f.Total, f.Filtered, f.Sent, f.Failed}}
		}
		m.Chunks = append(m.Chunks, p)
	}
	return m
}
