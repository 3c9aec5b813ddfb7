package wechat

import (
	"context"
	"encoding/json"
	"errors"

	"parley/adapters/wechat/weixin"
	"parley/core"
	"parley/core/official"
)

// lateReply is a reply that is sent by the customer service's call, because it was not ready in time.
type lateReply struct {
	Reply   official.Reply `json:"reply,omitzero"`
	Keyword bool           `json:"keyword,omitempty"`
	Rule    string         `json:"rule"`
	Limit   int            `json:"limit"`
}

// calling is the progress of a job whose call of the platform has begun: it is not made again.
const calling = "calling"

// postpone leaves a reply to a job.
func (w *Worker) postpone(ctx context.Context, account string, stored *official.Inbound, c chosen, limit int) error {
	payload, err := json.Marshal(lateReply{Reply: c.reply, Keyword: c.keyword, Rule: c.rule, Limit: limit})
	if err != nil {
		return core.AsFault(err)
	}
	return w.require(ctx, account, jobReply, stored.ID, payload)
}

// replyLate sends a reply that was not ready in time, at most once.
func (w *Worker) replyLate(ctx context.Context, job *official.Job) error {
	if string(job.Progress) == calling {
		w.log.Warn("a late reply may or may not have been sent", "account", job.Account, "message", job.Key)
		return nil
	}
	var late lateReply
	if err := json.Unmarshal(job.Payload, &late); err != nil {
		return core.Wrap(core.Invalid, "a late reply can not be read", err)
	}
	stored, err := w.service.Inbound(ctx, job.Account, job.Key)
	if err != nil {
		return err
	}
	client, err := w.client(ctx, job.Account)
	if err != nil {
		return err
	}
	ready, err := w.build(ctx, job.Account, stored, chosen{reply: late.Reply, keyword: late.Keyword, rule: late.Rule}, late.Limit)
	if err != nil {
		if errors.Is(err, errNoReply) {
			return nil
		}
		return err
	}
	if err := w.service.SaveProgress(ctx, job.ID, w.owner, []byte(calling), jobLease); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // a call that is given up half way may have been carried out
	if err := client.SendToFollower(ctx, stored.Sender, ready.Message); err != nil {
		if weixin.MaybeDone(err) {
			w.log.Warn("a late reply may or may not have been sent", "account", job.Account, "message", job.Key, "error", err)
			return nil
		}
		if !refused(err) {
			// It was certainly not sent and may be tried again.
			if err := w.service.SaveProgress(ctx, job.ID, w.owner, nil, jobLease); err != nil {
				return err
			}
		}
		return err
	}
	account, err := w.service.Account(ctx, job.Account)
	if err != nil {
		return err
	}
	if err := w.showReply(ctx, account, stored, ready); err != nil {
		w.log.Error("a reply is not shown to the app", "account", job.Account, "message", job.Key, "error", err)
	}
	return nil
}
