package weixin

import (
	"sync"
	"time"
)

// quotaKeeper remembers which calls the platform has refused for the rest of the day.
type quotaKeeper struct {
	mutex sync.Mutex
	until map[string]time.Time
	words map[string]string
}

// nextDay gives the moment at which the day's quotas begin anew. China has one time zone without summer time.
func nextDay(now time.Time) time.Time {
	china := now.In(time.FixedZone("Asia/Shanghai", 8*60*60))
	return time.Date(china.Year(), china.Month(), china.Day()+1, 0, 0, 0, 0, china.Location())
}

func (q *quotaKeeper) used(call string, words string, now time.Time) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if q.until == nil {
		q.until, q.words = map[string]time.Time{}, map[string]string{}
	}
	q.until[call], q.words[call] = nextDay(now), words
}

func (q *quotaKeeper) check(call string, now time.Time) error {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	until, ok := q.until[call]
	if !ok {
		return nil
	}
	if now.Before(until) {
		return &APIError{Code: CodeQuota, Message: q.words[call]}
	}
	delete(q.until, call)
	delete(q.words, call)
	return nil
}

// ForgetQuota makes the client try again the calls whose quota was used up: the operator can have it cleared.
func (c *Client) ForgetQuota() {
	c.quota.mutex.Lock()
	defer c.quota.mutex.Unlock()
	clear(c.quota.until)
	clear(c.quota.words)
}
