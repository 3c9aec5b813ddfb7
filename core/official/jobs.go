package official

import (
	"context"
	"time"

	"parley/core"
	"parley/storage"
)

// jobRecord is a job in the store. It stands in the queue at the time from which it can be taken: when it shall run, or
// when the lease of its owner ends.
type jobRecord struct {
	Job
	Due int64
}

const (
	maxPayload = 16 << 10
	maxJobKind = 40
	maxJobKey  = 128
)

func jobKey(id string) []byte { return idKey(0, tableJobs, id) }

// changeJobs runs fn in a transaction.
func (s *Service) changeJobs(ctx context.Context, fn func(c *change) error) error {
	s.jobs.Lock()
	defer s.jobs.Unlock()
	return s.commit(ctx, fn)
}

// saveJob stores a job and its place in the queue.
func (c *change) saveJob(j *jobRecord, due int64) error {
	if err := c.Delete(dueKey(j.Due, j.ID)); err != nil {
		return err
	}
	j.Due = due
	if err := c.Set(dueKey(due, j.ID), nil); err != nil {
		return err
	}
	return save(c, jobKey(j.ID), j)
}

// Enqueue stores a job. If there is one of the account with the kind and key already, the fault is Exists with FieldJob.
func (s *Service) Enqueue(ctx context.Context, in JobInput) (*Job, error) {
	a, err := s.account(in.Account)
	if err != nil {
		return nil, err
	}
	if err := checkBytes(FieldKind, in.Kind, 1, maxJobKind); err != nil {
		return nil, err
	}
	if err := checkBytes(FieldJob, in.Key, 0, maxJobKey); err != nil {
		return nil, err
	}
	if err := checkBytes(FieldJob, in.Payload, 0, maxPayload); err != nil {
		return nil, err
	}
	if err := checkTime(in.RunAt); err != nil {
		return nil, err
	}
	j := &jobRecord{Job: Job{JobInput: in, Created: s.now()}}
	if j.ID, err = s.newID(); err != nil {
		return nil, err
	}
	due := max(in.RunAt, j.Created)
	err = s.changeJobs(ctx, func(c *change) error {
		key := jobKeyKey(a.number, in.Kind, in.Key)
		old, err := c.Get(key)
		if err != nil {
			return err
		}
		if old != nil {
			return core.NewFault(core.Exists, FieldJob, "there is such a job already")
		}
		if err := save(c, key, j.ID); err != nil {
			return err
		}
		return c.saveJob(j, due)
	})
	if err != nil {
		return nil, err
	}
	return &j.Job, nil
}

func checkOwner(owner string, lease time.Duration) error {
	if lease < time.Millisecond {
		return core.NewFault(core.Invalid, FieldTime, "a lease lasts a millisecond or longer")
	}
	return checkBytes(FieldJob, owner, 1, maxJobKey)
}

// owned runs fn on a job that its caller still has.
func (s *Service) owned(ctx context.Context, id, owner string, fn func(c *change, j *jobRecord) error) error {
	if err := checkID(FieldJob, id); err != nil {
		return err
	}
	return s.changeJobs(ctx, func(c *change) error {
		j, err := load[jobRecord](c, jobKey(id))
		switch {
		case err != nil:
			return err
		case j == nil:
			return notFound(FieldJob)
		case j.Owner != owner || owner == "":
			return core.NewFault(core.Conflict, FieldJob, "somebody else has the job")
		}
		return fn(c, j)
	})
}

// SaveProgress stores the owner's progress, at most 16 KiB, and renews the lease. The fault is Conflict with FieldJob if
// the job is somebody else's by now.
func (s *Service) SaveProgress(ctx context.Context, id, owner string, progress []byte, lease time.Duration) error {
	if err := checkOwner(owner, lease); err != nil {
		return err
	}
	if err := checkBytes(FieldJob, progress, 0, maxPayload); err != nil {
		return err
	}
	until := s.now() + lease.Milliseconds()
	return s.owned(ctx, id, owner, func(c *change, j *jobRecord) error {
		j.Progress, j.LeaseUntil = progress, until
		return c.saveJob(j, until)
	})
}

// FinishJob ends the owner's job.
func (s *Service) FinishJob(ctx context.Context, id, owner string) error {
	return s.owned(ctx, id, owner, func(c *change, j *jobRecord) error {
		a, err := s.account(j.Account)
		if err != nil {
			return err
		}
		for _, key := range [...][]byte{dueKey(j.Due, id), jobKey(id), jobKeyKey(a.number, j.Kind, j.Key)} {
			if err := c.Delete(key); err != nil {
				return err
			}
		}
		return nil
	})
}

// FailJob gives the owner's job back, to be taken again after a time. note has at most 1000 characters.
func (s *Service) FailJob(ctx context.Context, id, owner, note string, retryAt int64) error {
	if err := checkText(FieldJob, note, 0, maxDescription); err != nil {
		return err
	}
	if err := checkTime(retryAt); err != nil {
		return err
	}
	return s.owned(ctx, id, owner, func(c *change, j *jobRecord) error {
		j.Owner, j.LeaseUntil, j.Note = "", 0, note
		j.Failures++
		return c.saveJob(j, retryAt)
	})
}

// FindJob returns the job of an account with a kind and key.
func (s *Service) FindJob(ctx context.Context, account, kind, key string) (j *Job, err error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	if len(kind) > maxJobKind || len(key) > maxJobKey {
		return nil, notFound(FieldJob)
	}
	err = s.view(ctx, func(r storage.Reader) error {
		id, err := load[string](r, jobKeyKey(a.number, kind, key))
		if err != nil {
			return err
		}
		if id == nil {
			return notFound(FieldJob)
		}
		record, err := load[jobRecord](r, jobKey(*id))
		if err != nil {
			return err
		}
		if record == nil {
			return corrupt([]byte(*id))
		}
		j = &record.Job
		return nil
	})
	return j, err
}
