package wechat

import (
	"context"
	"errors"
	"strconv"

	"parley/adapters/wechat/weixin"
	"parley/core"
	"parley/core/official"
)

// massRun sends what is left of a mass send, chunk by chunk. The platform never gets a chunk twice: each is marked as being
// sent, durably, before the call, and one whose call came to no clear end stays unknown.
type massRun struct {
	*Worker
	account, id string
	client      *weixin.Client
	message     weixin.Message
	material    string
}

// MassSend implements Background. After an error nothing of the mass send is going to be sent any more, so that its caller
// can try again.
func (w *Worker) MassSend(ctx context.Context, account string, in official.MassSendInput) error {
	ctx, cancel := w.detached(ctx)
	defer cancel()
	run, err := w.prepareMass(ctx, account, in.Type, in.Material)
	if err != nil {
		return platformFault(err)
	}
	record, err := w.service.CreateMassSend(ctx, account, in)
	if err != nil {
		return err
	}
	run.id = record.ID
	if _, err := run.sendNext(ctx); err != nil {
		return errors.Join(platformFault(err), run.refuseRest(context.WithoutCancel(ctx)))
	}
	if len(record.Chunks) > 1 {
		return w.require(context.WithoutCancel(ctx), account, jobMass, record.ID, nil)
	}
	return nil
}

func (w *Worker) prepareMass(ctx context.Context, account, msgType, material string) (*massRun, error) {
	client, err := w.client(ctx, account)
	if err != nil {
		return nil, err
	}
	message, err := w.massMessage(ctx, client, account, msgType, material)
	if err != nil {
		return nil, err
	}
	return &massRun{Worker: w, account: account, client: client, message: message, material: material}, nil
}

// Preview implements Background.
func (w *Worker) Preview(ctx context.Context, account, openID, msgType, material string) error {
	ctx, cancel := w.detached(ctx)
	defer cancel()
	run, err := w.prepareMass(ctx, account, msgType, material)
	if err == nil {
		_, err = run.client.PreviewMass(ctx, openID, run.message)
	}
	return platformFault(err)
}

// resumeMassSends makes jobs of what an earlier process has not sent.
func (w *Worker) resumeMassSends(ctx context.Context) error {
	accounts, err := w.service.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		unsent, err := w.service.UnsentMassSends(ctx, a.ID)
		if err != nil {
			return err
		}
		for _, id := range unsent {
			if err := w.require(ctx, a.ID, jobMass, id, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// runMassSend sends the chunks that are left. One that is refused or unknown does not keep the others back; when the
// platform is not there at all, the rest waits.
func (w *Worker) runMassSend(ctx context.Context, account, id string) error {
	record, err := w.service.MassSend(ctx, account, id)
	if err != nil {
		return err
	}
	run, err := w.prepareMass(ctx, account, record.Type, record.Material)
	if err != nil {
		return err
	}
	run.id = id
	for {
		chunk, err := run.sendNext(ctx)
		switch {
		case err != nil && (chunk == nil || stateAfter(err) == official.ChunkPending):
			return err
		case err != nil:
			w.log.Warn("a part of a mass send has failed", "account", account, "mass", id, "chunk", chunk.Index, "error", err)
		case chunk == nil:
			return nil
		}
	}
}

// sendNext sends the next chunk and writes down what became of it; nil if there is none. Its error is the platform's, or
// that of the store before or after the call.
func (r *massRun) sendNext(ctx context.Context) (*official.ChunkToSend, error) {
	chunk, err := r.service.NextChunk(ctx, r.account, r.id)
	if err != nil || chunk == nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx) // a call that is given up half way would leave the chunk unknown
	messageID, failed := r.call(ctx, chunk)
	result := official.ChunkResult{State: stateAfter(failed), MessageID: messageID}
	if failed != nil {
		result.Note = clip(failed.Error(), 1000)
	}
	if refusal, ok := errors.AsType[*weixin.APIError](failed); ok {
		result.Code, result.Note = int(refusal.Code), clip(refusal.Message, 1000)
	}
	if err := r.service.SettleChunk(ctx, r.account, r.id, chunk.Index, result); err != nil {
		return nil, err
	}
	if failed != nil {
		return chunk, failed
	}
	r.log.Info("a part of a mass send was accepted", "account", r.account, "mass", r.id,
		"chunk", chunk.Index, "followers", len(chunk.OpenIDs), "message", messageID)
	r.accepted(ctx, chunk, messageID)
	return chunk, nil
}

// call gives one chunk to the platform. It takes no mass send to one follower, who is shown a preview instead, which looks
// the same.
func (r *massRun) call(ctx context.Context, chunk *official.ChunkToSend) (messageID int64, err error) {
	if len(chunk.OpenIDs) < weixin.MinMassTo {
		return r.client.PreviewMass(ctx, chunk.OpenIDs[0], r.message)
	}
	receipt, err := r.client.SendMass(ctx, chunk.OpenIDs, r.message, r.id+"-"+strconv.Itoa(chunk.Index))
	if err != nil {
		return 0, err
	}
	return receipt.ID, nil
}

// accepted does what follows once a chunk is at the platform. It can fail without harm to the chunk.
func (r *massRun) accepted(ctx context.Context, chunk *official.ChunkToSend, messageID int64) {
	var err error
	if len(chunk.OpenIDs) < weixin.MinMassTo && messageID != 0 {
		// The platform reports no end of a preview.
		end := official.Finish{Status: sendSuccess, Succeeded: true, Counts: official.Counts{Total: 1, Filtered: 1, Sent: 1}}
		err = r.service.FinishChunk(ctx, r.account, messageID, end)
	}
	if err = errors.Join(err, r.showMass(ctx, r, chunk.OpenIDs)); err != nil {
		r.log.Error("a mass send is not shown everywhere", "account", r.account, "mass", r.id, "error", err)
	}
}

// sendSuccess is the platform's status of a mass send that has ended well.
const sendSuccess = "send success"

// stateAfter is what became of a chunk whose call ended with an error, or with none.
func stateAfter(err error) official.ChunkState {
	switch {
	case err == nil:
		return official.ChunkSent
	case weixin.IsCode(err, weixin.CodeRepeatedMass), weixin.MaybeDone(err):
		return official.ChunkUnknown // a repeated one was taken before, and its number is not known
	case refused(err), weixin.IsCode(err, weixin.CodeBusy), errors.Is(err, weixin.ErrArgument):
		return official.ChunkRefused
	}
	return official.ChunkPending
}

// refuseRest ends a mass send whose remaining chunks are not to be sent.
func (r *massRun) refuseRest(ctx context.Context) error {
	return r.refuseMass(ctx, r.account, r.id)
}

func (w *Worker) refuseMass(ctx context.Context, account, id string) error {
	for {
		chunk, err := w.service.NextChunk(ctx, account, id)
		if err != nil || chunk == nil {
			return err
		}
		err = w.service.SettleChunk(ctx, account, id, chunk.Index, official.ChunkResult{
			State: official.ChunkRefused, Note: "not sent, since sending it has failed before",
		})
		if err != nil && core.CodeOf(err) != core.Conflict {
			return err
		}
	}
}
