package official

import (
	"context"
	"slices"
	"time"

	"parley/storage"
)

// TakeJob gives owner the job that has been due for the longest time, for a while; nil if none is due. A job whose owner
// has not renewed it in time is due again. With kinds, only jobs of these are given.
func (s *Service) TakeJob(ctx context.Context, owner string, lease time.Duration, kinds ...string) (*Job, error) {
	if err := checkOwner(owner, lease); err != nil {
		return nil, err
	}
	var taken *jobRecord
	now := s.now()
	err := s.changeJobs(ctx, func(c *change) error {
		taken = nil
		ids, err := dueJobs(c, now)
		for _, id := range ids {
			if err != nil {
				return err
			}
			var j *jobRecord
			j, err = load[jobRecord](c, jobKey(id))
			switch {
			case err != nil:
				return err
			case j == nil:
				return corrupt([]byte(id))
			case len(kinds) > 0 && !slices.Contains(kinds, j.Kind):
				continue
			}
			j.Owner, j.LeaseUntil = owner, now+lease.Milliseconds()
			taken = j
			return c.saveJob(j, j.LeaseUntil)
		}
		return err
	})
	if err != nil || taken == nil {
		return nil, err
	}
	return &taken.Job, nil
}

// dueJobs returns the jobs that can be taken, those that have waited longest first.
func dueJobs(r storage.Reader, now int64) (ids []string, err error) {
	var failed error
	err = r.Scan(storage.Range{From: tableKey(0, tableDue), To: dueKey(now+1, ""), KeysOnly: true}, func(key, _ []byte) bool {
		_, id, err := parseDue(key)
		ids, failed = append(ids, id), err
		return err == nil
	})
	if failed != nil {
		err = failed
	}
	return ids, err
}

// NextJobTime returns when the next job becomes due; false if there is no job.
func (s *Service) NextJobTime(ctx context.Context) (at int64, ok bool, err error) {
	err = s.view(ctx, func(r storage.Reader) error {
		keys, err := firstKeys(r, tableKey(0, tableDue), 1)
		if err != nil || len(keys) == 0 {
			return err
		}
		ok = true
		at, _, err = parseDue(keys[0])
		return err
	})
	return at, ok, err
}

// releaseLeases takes all jobs away from their owners, which ended with the last process.
func (s *Service) releaseLeases(ctx context.Context) error {
	var keys [][]byte
	err := s.view(ctx, func(r storage.Reader) (err error) {
		keys, err = firstKeys(r, tableKey(0, tableJobs), 0)
		return err
	})
	now := s.now()
	for _, key := range keys {
		if err != nil {
			break
		}
		err = s.changeJobs(ctx, func(c *change) error {
			j, err := load[jobRecord](c, key)
			if err != nil || j == nil || j.Owner == "" {
				return err
			}
			j.Owner, j.LeaseUntil = "", 0
			return c.saveJob(j, min(j.Due, now))
		})
	}
	return err
}
