package wechat

import (
	"context"
	"strconv"

	"parley/adapters/wechat/weixin"
	"parley/core"
	"parley/core/official"
)

// handleEvent does what an event asks for. Events that nothing follows from, as VIEW, LOCATION and all that are not known,
// are passed over.
func (w *Worker) handleEvent(ctx context.Context, account *official.Account, in *weixin.Inbound) ([]byte, error) {
	switch in.Event {
	case "MASSSENDJOBFINISH":
		return nil, w.finishMass(ctx, account.ID, in)
	case "unsubscribe":
		return nil, w.service.Unsubscribe(ctx, account.ID, in.FromUserName, w.moment(in.CreateTime), w.options.ForgetLeavers)
	case "subscribe", "SCAN", "CLICK":
	default:
		return nil, nil
	}
	m, _ := w.received(in)
	stored, _, err := w.service.StoreInbound(ctx, account.ID, m)
	if err != nil || in.Event == "SCAN" {
		return nil, err
	}
	return w.flights.do(account.ID+" "+stored.ID, w.now(), func() ([]byte, error) {
		if in.Event == "subscribe" {
			if err := w.welcome(ctx, account, stored); err != nil {
				return nil, err
			}
		}
		return w.reply(ctx, account, in, stored, func() (chosen, error) {
			if in.Event == "subscribe" {
				return chosen{rule: official.RuleSubscribe}, nil
			}
			return w.pressed(ctx, account.ID, stored.EventKey)
		})
	})
}

// welcome notes a follower, of whom the platform is then asked.
func (w *Worker) welcome(ctx context.Context, account *official.Account, stored *official.Inbound) error {
	if _, err := w.service.Subscribe(ctx, account.ID, stored.Sender, stored.Time, nil); err != nil {
		return err
	}
	if !account.HasCredentials {
		return nil
	}
	return w.require(ctx, account.ID, jobProfile, stored.Sender, nil)
}

// pressed selects the reply to a pressed button: the default one where the button is gone or bound to nothing.
func (w *Worker) pressed(ctx context.Context, account, keycode string) (chosen, error) {
	button, err := w.service.ButtonByKeycode(ctx, account, keycode)
	switch core.CodeOf(err) {
	case 0:
		return chosen{reply: button.Reply, rule: official.RuleDefault}, nil
	case core.NotFound:
		return chosen{rule: official.RuleDefault}, nil
	default:
		return chosen{}, err
	}
}

// finishMass stores the platform's report on the end of a mass send.
func (w *Worker) finishMass(ctx context.Context, account string, in *weixin.Inbound) error {
	id, err := strconv.ParseInt(in.MsgID, 10, 64)
	if err != nil {
		return core.NewFault(core.Invalid, official.FieldMassSend, "the report names no mass send")
	}
	f := official.Finish{Status: clip(in.Status, 100), Succeeded: in.Status == sendSuccess}
	for _, n := range [...]struct {
		text string
		into *int64
	}{
		{in.TotalCount, &f.Counts.Total},
		{in.FilterCount, &f.Counts.Filtered},
		{in.SentCount, &f.Counts.Sent},
		{in.ErrorCount, &f.Counts.Failed},
	} {
		if *n.into, err = strconv.ParseInt(n.text, 10, 64); err != nil {
			return core.NewFault(core.Invalid, official.FieldMassSend, "the report lacks a number")
		}
	}
	return w.service.FinishChunk(ctx, account, id, f)
}
