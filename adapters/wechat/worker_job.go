package wechat

import (
	"context"
	"time"

	"parley/core"
	"parley/core/official"
)

// The kinds of jobs.
const (
	jobFollowers = "followers"
	jobMenu      = "menu"
	jobProfile   = "profile" // of a follower, by its openid
	jobMedia     = "media"   // of a received message, by its ID
	jobReply     = "reply"   // to a received message, by its ID
	jobMass      = "mass"    // by the mass send's ID
)

// jobOnly is the key of a job of which an account has one.
const jobOnly = "all"

const (
	// jobLease is how long a job is its owner's without a sign of life. A process that is alone with its store takes all
	// leases away when it begins, so that there it only matters where a job hangs.
	jobLease = 10 * time.Minute
	// jobAttempts is how often a job is tried before it is given up.
	jobAttempts = 8
	firstPause  = 5 * time.Second
	longest     = time.Hour
	// leastWait keeps a lane from asking again and again for jobs that are due in another.
	leastWait = time.Second
	mostWait  = time.Minute
)

// enqueue stores a job and wakes those who may do it. The fault is Exists if there is one.
func (w *Worker) enqueue(ctx context.Context, account, kind, key string, payload []byte) error {
	_, err := w.service.Enqueue(ctx, official.JobInput{Account: account, Kind: kind, Key: key, Payload: payload})
	if err == nil {
		w.bell.ring()
	}
	return err
}

// require is enqueue where it makes no difference whether the job is there already.
func (w *Worker) require(ctx context.Context, account, kind, key string, payload []byte) error {
	err := w.enqueue(ctx, account, kind, key, payload)
	if core.CodeOf(err) == core.Exists {
		return nil
	}
	return err
}

// runJobs does the jobs of some kinds, one after the other, until the worker is closed.
func (w *Worker) runJobs(kinds []string) {
	for {
		ring := w.bell.wait()
		job, err := w.service.TakeJob(w.life, w.owner, jobLease, kinds...)
		switch {
		case w.life.Err() != nil:
			return
		case err != nil:
			w.log.Error("no job can be taken", "error", err)
		case job != nil:
			w.runJob(job)
			continue
		}
		timer := time.NewTimer(w.untilNextJob())
		select {
		case <-ring:
		case <-timer.C:
		case <-w.life.Done():
		}
		timer.Stop()
		if w.life.Err() != nil {
			return
		}
	}
}

// untilNextJob returns how long there is nothing to do, as far as is known.
func (w *Worker) untilNextJob() time.Duration {
	at, ok, err := w.service.NextJobTime(w.life)
	if err != nil || !ok {
		return mostWait
	}
	return min(max(time.UnixMilli(at).Sub(w.now()), leastWait), mostWait)
}

// runJob does a job and ends it, or gives it back.
func (w *Worker) runJob(job *official.Job) {
	err := w.perform(w.life, job)
	// The end of a job is written down even while the worker is being closed.
	ctx := context.WithoutCancel(w.life)
	log := w.log.With("account", job.Account, "job", job.Kind, "key", job.Key)
	switch {
	case err == nil:
		err = w.service.FinishJob(ctx, job.ID, w.owner)
	case w.life.Err() != nil:
		return // it goes on after the next start
	case refused(err) || permanent(err) || job.Failures+1 >= jobAttempts:
		log.Warn("a job was given up", "attempts", job.Failures+1, "error", err)
		w.abandon(ctx, job)
		err = w.service.FinishJob(ctx, job.ID, w.owner)
	default:
		pause := min(firstPause<<(2*min(job.Failures, 6)), longest)
		log.Warn("a job has failed and will be tried again", "after", pause, "error", err)
		err = w.service.FailJob(ctx, job.ID, w.owner, clip(err.Error(), 1000), w.now().Add(pause).UnixMilli())
	}
	if err != nil {
		log.Error("the end of a job can not be stored", "error", err)
	}
}

// permanent tells whether a fault is not going to pass.
func permanent(err error) bool {
	switch core.CodeOf(platformFault(err)) {
	case core.Invalid, core.NotFound, core.Conflict, core.TooLarge, core.Unsupported, core.Forbidden, core.Exists:
		return true
	default:
		return false
	}
}

func (w *Worker) perform(ctx context.Context, job *official.Job) error {
	switch job.Kind {
	case jobFollowers:
		return w.importFollowers(ctx, job)
	case jobMenu:
		return w.ImportMenu(ctx, job.Account)
	case jobProfile:
		return w.fetchProfile(ctx, job)
	case jobMedia:
		return w.fetchMedia(ctx, job)
	case jobReply:
		return w.replyLate(ctx, job)
	case jobMass:
		return w.runMassSend(ctx, job.Account, job.Key)
	}
	return core.NewFault(core.Unsupported, official.FieldJob, "there is no such kind of job")
}

// abandon does what a job that is given up leaves to do.
func (w *Worker) abandon(ctx context.Context, job *official.Job) {
	var err error
	switch job.Kind {
	case jobMass:
		err = w.refuseMass(ctx, job.Account, job.Key)
	case jobMedia:
		var in *official.Inbound
		if in, err = w.service.Inbound(ctx, job.Account, job.Key); err == nil {
			err = w.showInbound(ctx, job.Account, in)
		}
	}
	if err != nil {
		w.log.Error("a job that was given up is not cleaned up", "account", job.Account, "job", job.Kind, "key", job.Key, "error", err)
	}
}

// clip shortens a text to so many characters.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	n := 0
	for i := range text {
		if n == most {
			return text[:i]
		}
		n++
	}
	return text
}
