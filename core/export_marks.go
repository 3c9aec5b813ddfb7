package core

import (
	"context"
)

// Reads calls visit for what each member has done with a conversation. Places are those of the exported messages.
func (x *Export) Reads(ctx context.Context, visit func(*ImportedRead) error) error {
	err := x.rows(ctx, appendTable(nil, tableReads, x.app.Number), func(row exportRow) error {
		k, user, _, err := parseMemberOf(row.key)
		if err != nil {
			return err
		}
		state, err := parseMemberState(row.value)
		if err != nil {
			return err
		}
		talk := x.talk(k)
		if talk == nil || k.kind == kindNotices && user == k.a { // who announces does not see what it has announced
			return nil
		}
		read, err := x.read(ctx, talk, user, state)
		if err != nil || len(read.Read)+len(read.Hidden) == 0 {
			return err
		}
		return visit(read)
	})
	return x.engine.readFault(err)
}

// read shows a member's state in places.
func (x *Export) read(ctx context.Context, talk *exportTalk, user UserNumber, state *memberState) (*ImportedRead, error) {
	in := &ImportedRead{}
	var err error
	if in.Member, in.Peer, in.Group, err = x.names(ctx, talk.key, user); err != nil {
		return nil, err
	}
	in.Channel = talk.key.channel()
	for _, run := range state.hidden.runs(uint64(talk.head.seq)) {
		in.Hidden = append(in.Hidden, PlaceRun{int64(run.first), int64(run.last)})
	}
	for _, run := range state.read.runs(talk.head.readable(talk.key, user)) {
		places := PlaceRun{1, 0}
		if run.first > 1 {
			if places.First, err = x.place(ctx, talk, user, run.first); err != nil {
				return nil, err
			}
		}
		if places.Last, err = x.place(ctx, talk, user, run.last); err != nil {
			return nil, err
		}
		in.Read = append(in.Read, places)
	}
	return in, nil
}

// runs returns the numbers of the set up to and including most.
func (s *spanSet) runs(most uint64) (runs []span) {
	if upTo := min(s.upTo, most); upTo > 0 {
		runs = append(runs, span{1, upTo})
	}
	for _, run := range s.spans {
		if run.first <= most {
			runs = append(runs, span{run.first, min(run.last, most)})
		}
	}
	return runs
}

// place returns the place of the n-th message that user can read.
func (x *Export) place(ctx context.Context, talk *exportTalk, user UserNumber, n uint64) (int64, error) {
	switch {
	case talk.key.kind == kindGroup:
		return int64(n), nil
	case n >= talk.head.readable(talk.key, user):
		return talk.head.seq, nil
	}
	c := x.engine.acquire(talk.key)
	defer c.release()
	s, err := c.find(ctx, x.engine, n, byReadable(talk.key, user))
	if err != nil {
		return 0, err
	}
	m, err := parseMessageRecord(s.id, s.record)
	return m.seq, err
}

// names returns how a member names a conversation. The one under which a group keeps what is done to all has no name.
func (x *Export) names(ctx context.Context, k conversationKey, user UserNumber) (member, peer, group string, err error) {
	if user != everybody {
		if member, err = x.id(ctx, user); err != nil {
			return "", "", "", err
		}
	}
	if k.kind == kindGroup {
		group, err = x.group(ctx, GroupNumber(k.a))
	} else {
		peer, err = x.id(ctx, k.peer(user))
	}
	return member, peer, group, err
}

// Threads calls visit for what members have set for their conversations.
func (x *Export) Threads(ctx context.Context, visit func(*ImportedThread) error) error {
	err := x.rows(ctx, appendTable(nil, tableThreads, x.app.Number), func(row exportRow) error {
		user, err := parseUserNumber(row.key[:min(len(row.key), appPrefixWidth+8)])
		if err != nil {
			return err
		}
		k, err := parseThread(x.app.Number, row.key)
		if err != nil {
			return err
		}
		t := &ImportedThread{Ref: Ref{Channel: k.channel()}}
		if t.Options, err = parseThreadOptions(row.value); err != nil {
			return err
		}
		if t.Member, t.Ref.Peer, t.Ref.Group, err = x.names(ctx, k, user); err != nil {
			return err
		}
		return visit(t)
	})
	return x.engine.readFault(err)
}

// Keys calls visit for the further names of messages: first the senders' own keys, then what sources call them. Message is
// the id of the message, and id that as a number.
func (x *Export) Keys(ctx context.Context, visit func(key *ImportedKey, id int64) error) error {
	err := x.rows(ctx, appendTable(nil, tableMessageKeys, x.app.Number), func(row exportRow) error {
		k, user, key, err := parseMemberOf(row.key)
		if err != nil {
			return err
		}
		return x.key(ctx, k, user, ImportedKey{Key: key}, row.value, visit)
	})
	if err == nil {
		err = x.rows(ctx, appendTable(nil, tableOrigins, x.app.Number), func(row exportRow) error {
			k, source, origin, err := parseOrigin(row.key)
			if err != nil {
				return err
			}
			user := everybody
			if k.kind != kindGroup {
				user = k.a
			}
			return x.key(ctx, k, user, ImportedKey{Source: source, Key: origin}, row.value, visit)
		})
	}
	return x.engine.readFault(err)
}

func (x *Export) key(
	ctx context.Context, k conversationKey, user UserNumber, key ImportedKey, delivery []byte, visit func(*ImportedKey, int64) error,
) error {
	var d Delivery
	if err := parseDelivery(delivery, &d); err != nil {
		return err
	}
	if d.ID > x.newest {
		return nil
	}
	var err error
	if key.From, key.To, key.Group, err = x.names(ctx, k, user); err != nil {
		return err
	}
	key.Channel, key.Message = k.channel(), exportedOrigin(d.ID)
	return visit(&key, d.ID)
}
