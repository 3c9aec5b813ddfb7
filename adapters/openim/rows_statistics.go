package openim

import (
	"cmp"
	"slices"
	"time"

	"parley/adapters/wire"
	"parley/core"
)

type registerCountQuery struct{ start, end int64 }

type registerCountAnswer struct {
	total, before int64
	count         []wire.Amount
}

func registerCountRow() *wire.Row[registerCountQuery, registerCountAnswer] {
	return &wire.Row[registerCountQuery, registerCountAnswer]{
		Name: "/statistics/user/register", ZH: "用户注册统计", EN: "Counts registrations by day, in UTC",
		Access: wire.Member, Request: "UserRegisterCountReq",
		Params: []wire.Param[registerCountQuery]{
			wire.Int("start", func(q *registerCountQuery) *int64 { return &q.start }).Means("开始时间（毫秒）", "From when on, in milliseconds"),
			wire.Int("end", func(q *registerCountQuery) *int64 { return &q.end }).Means("结束时间（毫秒，不含）", "Until before when, in milliseconds"),
		},
		Answer: []wire.Field[registerCountAnswer]{
			wire.Number("total", func(a *registerCountAnswer) *int64 { return &a.total }).Means("用户总数", "How many users there are"),
			wire.Number("before", func(a *registerCountAnswer) *int64 { return &a.before }).Means("开始时间之前的用户数", "How many of them registered before the start"),
			wire.Amounts("count", func(a *registerCountAnswer) *[]wire.Amount { return &a.count }).Means("每日注册数", "How many registered on each day"),
		},
		Check: func(q *registerCountQuery) error {
			switch {
			case q.start <= 0:
				return badArgs("start is invalid")
			case q.end <= 0 || q.end < q.start:
				return badArgs("end is invalid")
			}
			return nil
		},
		Do: countRegistrations,
	}
}

func countRegistrations(c *wire.Call, q *registerCountQuery, a *registerCountAnswer) error {
	const day = int64(24 * time.Hour / time.Millisecond)
	days := make(map[int64]int64)
	err := c.Engine.EachUser(c.Context, c.Caller.App, func(u *core.User) error {
		a.total++
		switch {
		case u.Registered < q.start:
			a.before++
		case u.Registered < q.end:
			days[u.Registered/day]++
		}
		return nil
	})
	if err != nil {
		return err
	}
	for number, n := range days {
		name := time.UnixMilli(number * day).UTC().Format(time.DateOnly)
		a.count = append(a.count, wire.Amount{Name: name, N: n})
	}
	slices.SortFunc(a.count, func(x, y wire.Amount) int { return cmp.Compare(x.Name, y.Name) })
	return nil
}
