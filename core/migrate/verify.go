package migrate

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"parley/core"
	"parley/core/archive"
)

// Verdict says how a message or a user compares between the source and the app.
type Verdict string

// The verdicts.
const (
	// Match is the same on both sides.
	Match Verdict = "match"
	// Differ is on both sides, and not the same.
	Differ Verdict = "differ"
	// MissingHere is in the source and not in the app.
	MissingHere Verdict = "missing here"
	// MissingThere is in the app and not in the source.
	MissingThere Verdict = "missing there"
	// Failed could not be compared.
	Failed Verdict = "error"
)

// Verdicts lists all verdicts in the order in which reports show them.
func Verdicts() [5]Verdict { return [...]Verdict{Match, Differ, MissingHere, MissingThere, Failed} }

// VerifyOptions say what is compared.
type VerifyOptions struct {
	Engine *core.Engine
	App    *core.App
	Source Source
	// Sample is how many messages are compared in all that is kept of them, and not only in what they say; zero means a
	// thousand.
	Sample int64
	// Told is called now and then with the phase and with how many records were compared in it; nil means nobody.
	Told func(phase string, done int64)
}

// Report is the outcome of a verification.
type Report struct {
	Source string `json:"source"`
	// Messages and Users count the verdicts; Conversations those of whole conversations, by the digest over all messages of
	// each in their order.
	Messages      map[Verdict]int64 `json:"messages"`
	Users         map[Verdict]int64 `json:"users"`
	Conversations map[Verdict]int64 `json:"conversations"`
	// Unread counts the verdicts on what each member has not read of what it and another user say to each other, where both
	// sides tell.
	Unread map[Verdict]int64 `json:"unread"`
	// Sampled is how many messages were compared in everything, Sampled differing ones are among the verdicts.
	Sampled int64 `json:"sampled"`
	// Unreadable counts the rows of the source that are none, Skipped those that are left out on purpose.
	Unreadable int64 `json:"unreadable"`
	Skipped    int64 `json:"skipped"`
	// Findings are the first of what is no match.
	Findings []Finding `json:"findings,omitempty"`
}

// Finding is one thing that is no match.
type Finding struct {
	Verdict      Verdict `json:"verdict"`
	Conversation string  `json:"conversation,omitempty"`
	// Message is the source's own name of the message, or the app's id of one that is missing there.
	Message string `json:"message,omitempty"`
	From    string `json:"from,omitempty"`
	Time    int64  `json:"time,omitempty"` // milliseconds since the Unix epoch
	Note    string `json:"note"`
}

// Clean tells that everything matches. With extras, what is missing there does not count, nor what is read: the app has
// been used since.
func (r *Report) Clean(extras bool) bool {
	if r.Unread[Differ] > 0 && !extras {
		return false
	}
	for _, counts := range [...]map[Verdict]int64{r.Messages, r.Users} {
		for _, v := range Verdicts() {
			if v != Match && (v != MissingThere || !extras) && counts[v] > 0 {
				return false
			}
		}
	}
	return true
}

// maxFindings is how many findings a report lists, maxDetail how many messages of conversations that differ are compared
// one by one.
const (
	maxFindings = 200
	maxDetail   = 200_000
)

// chain is the digest over the messages of one conversation in their order.
type chain struct {
	count  int64
	digest [32]byte
}

func (c *chain) add(m *[32]byte) {
	c.count++
	c.digest = sha256.Sum256(append(c.digest[:], m[:]...))
}

// Verify compares everything that the source holds with the app, which it does not change. Memory is bounded by the number
// of conversations and users, about 400 bytes each, and a byte or two for each message that is not marked as read itself.
func Verify(ctx context.Context, o VerifyOptions) (*Report, error) {
	if o.Sample <= 0 {
		o.Sample = 1000
	}
	v := &verification{
		options: o, names: make(map[string]string), there: make(map[string]*chain), here: make(map[string]*chain),
		samples: make(map[sampleKey][32]byte), waiting: make(map[side]*waiting),
		report: &Report{
			Source: o.Source.Name(), Messages: make(map[Verdict]int64), Users: make(map[Verdict]int64),
			Conversations: make(map[Verdict]int64), Unread: make(map[Verdict]int64),
		},
	}
	_, v.marked = o.Source.(*Live)
	err := v.source(ctx, func(item *Item, key string, sum *[32]byte) {
		c := chainOf(v.there, key)
		c.add(sum)
		v.sample(key, c.count, item.Record.Message, sum)
	})
	if err != nil {
		return nil, err
	}
	if err := v.app(ctx); err != nil {
		return nil, err
	}
	if err := v.compare(ctx); err != nil {
		return nil, err
	}
	return v.report, v.compareUnread(ctx)
}

type verification struct {
	options     VerifyOptions
	report      *Report
	names       map[string]string // addresses to IDs
	there, here map[string]*chain
	samples     map[sampleKey][32]byte
	bad         map[sampleKey]bool
	waiting     map[side]*waiting
	marked      bool // the source tells what is read by records only: of whom there is none it does not know
	counted     bool // the source's users and rejects have been counted
}

// sampleKey is the place of a message in its conversation.
type sampleKey struct {
	conversation string
	place        int64
}

func chainOf(all map[string]*chain, key string) *chain {
	c := all[key]
	if c == nil {
		c = new(chain)
		all[key] = c
	}
	return c
}

// source calls visit for each message of the source.
func (v *verification) source(ctx context.Context, visit func(item *Item, key string, sum *[32]byte)) error {
	done := int64(0)
	for item, err := range v.options.Source.Records(ctx, nil) {
		if err != nil {
			return err
		}
		if done++; done%1000 == 0 && v.options.Told != nil {
			v.options.Told("reading the source", done)
		}
		m := item.Record.Message
		if !v.counted {
			if err := errors.Join(v.count(ctx, &item), v.note(ctx, &item.Record)); err != nil {
				return err
			}
		}
		if m == nil {
			continue
		}
		key, sum, err := v.sum(ctx, m)
		if err != nil {
			return err
		}
		visit(&item, key, &sum)
	}
	v.counted = true
	return nil
}

func (v *verification) count(ctx context.Context, item *Item) error {
	switch {
	case item.Reject != nil:
		v.report.Unreadable++
	case item.Skip != "":
		v.report.Skipped++
	case item.Record.Type == archive.TypeUser && !item.Record.User.Shadow:
		_, err := v.options.Engine.Find(ctx, v.options.App, item.Record.User.ID)
		switch {
		case err == nil:
			v.report.Users[Match]++
		case core.CodeOf(err) == core.NotFound:
			v.report.Users[MissingHere]++
			v.find(Finding{Verdict: MissingHere, From: item.Record.User.ID, Note: "there is no such user"})
		default:
			return err
		}
	}
	return nil
}

func (v *verification) find(f Finding) {
	if len(v.report.Findings) < maxFindings {
		v.report.Findings = append(v.report.Findings, f)
	}
}

// name returns the ID of the user with an address, or the address if there is none.
func (v *verification) name(ctx context.Context, address string) (string, error) {
	if id, ok := v.names[address]; ok {
		return id, nil
	}
	u, err := v.options.Engine.Find(ctx, v.options.App, address)
	id := address
	switch {
	case err == nil:
		id = u.ID
	case core.CodeOf(err) != core.NotFound:
		return "", err
	}
	v.names[address] = id
	return id, nil
}

// sum returns the conversation of a message, and a digest of what it says, who says it and when.
func (v *verification) sum(ctx context.Context, m *archive.Message) (key string, sum [32]byte, err error) {
	from, err := v.name(ctx, m.From)
	if err != nil {
		return "", sum, err
	}
	if m.Group != "" {
		key = "group " + m.Group
	} else {
		to, err := v.name(ctx, m.To)
		if err != nil {
			return "", sum, err
		}
		key = min(from, to) + " " + max(from, to)
		if m.Channel != "" {
			key = m.Channel + " " + key
		}
	}
	kind, text := "", ""
	if m.Body != nil && !m.Deleted {
		kind, text = m.Body.Kind, m.Body.Text
	}
	h := sha256.New()
	writeTexts(h, from, kind, text)
	_ = binary.Write(h, binary.BigEndian, m.Time) // a digest takes everything
	return key, [32]byte(h.Sum(nil)), nil
}
