package mirror

import (
	"context"
	"slices"
	"strings"
	"time"
)

// job is a comparison that waits.
type job struct {
	passage
	answer Answer // of the side that answered the client
	legacy bool   // that side is the legacy server
	silent bool   // the request is only repeated
}

func (j *job) size() int64 { return int64(j.saved.size() + len(j.answer.Body) + 512) }

// enqueue has a job done later, or drops it if too many wait.
func (f *Front) enqueue(j *job) {
	j.seen = Sight{Spec: j.seen.Spec} // the rest is the request's
	f.pending.Add(1)
	if f.queued.Add(j.size()) <= int64(f.options.QueueBytes) {
		select {
		case f.jobs <- j:
			return
		default:
		}
	}
	f.queued.Add(-j.size())
	f.pending.Done()
	f.options.Meter.Dropped(j.d.speech.Name())
}

// Waiting is how many comparisons wait.
func (f *Front) Waiting() int { return len(f.jobs) }

// Settle waits until all comparisons that were asked for have been made. No request may come meanwhile.
func (f *Front) Settle() { f.pending.Wait() }

func (f *Front) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-f.jobs:
			f.queued.Add(-j.size())
			f.do(ctx, j)
			f.pending.Done()
		}
	}
}

// recheck bounds how long a comparison waits for writes that are on their way to the other side.
const recheck = 2 * time.Second

// maxLooks is how often it looks again.
const maxLooks = 3

func (f *Front) do(ctx context.Context, j *job) {
	legacy, local := j.both(ctx)
	if j.silent {
		return
	}
	seen, err := j.look()
	if err != nil {
		return // a request that has been answered can be read
	}
	verdict, found := f.judge(j, &seen, legacy, local)
	if j.effect == Reads && verdict != Same && verdict != Ignored && (j.plan.State.copiesHere() || j.plan.State.copiesThere()) {
		verdict, found = f.again(ctx, j, &seen, verdict, found)
	}
	f.options.Meter.Compared(j.d.speech.Name(), operation(&seen), verdict)
	if len(found) == 0 {
		return
	}
	f.ledger.record(&observed{
		app: j.t.options.Key, dialect: j.d.speech.Name(), operation: operation(&seen), verdict: verdict, differences: found,
		at: f.options.Now(), example: func() Example { return j.example(legacy, local) },
	})
}

// both returns the answers of both sides; the one that the client did not get is asked now.
func (j *job) both(context.Context) (legacy, local *Answer) {
	if j.legacy {
		other := j.d.here(j.saved)
		return &j.answer, &other
	}
	other, _ := j.d.there(j.t, j.saved)
	return &other, &j.answer
}

// look sees the request again.
func (j *job) look() (Sight, error) {
	ctx, err := j.saved.request()
	if err != nil {
		return Sight{}, err
	}
	return j.d.speech.Look(ctx), nil
}

// judge compares and applies the operator's rules.
func (f *Front) judge(j *job, seen *Sight, legacy, local *Answer) (Verdict, []Difference) {
	verdict, found := compare(j.d.speech, seen, legacy, local)
	if len(found) == 0 {
		return verdict, found
	}
	for i := range found {
		if rule := ruleFor(j.t.plan.Load().Ignore, operation(seen), found[i].Path); found[i].Rule == "" && rule != "" {
			found[i].Rule = rule
		}
	}
	if !slices.ContainsFunc(found, func(d Difference) bool { return d.Rule == "" }) {
		verdict = Ignored
	}
	return verdict, found
}

// again asks both sides once more, when the writes that were on their way have arrived: a read may have overtaken one.
// Where others keep writing it tries a few times.
func (f *Front) again(ctx context.Context, j *job, seen *Sight, verdict Verdict, found []Difference) (Verdict, []Difference) {
	limited, cancel := context.WithTimeout(ctx, recheck)
	defer cancel()
	for range maxLooks {
		if j.t.box.await(limited) != nil {
			break
		}
		legacy, _ := j.d.there(j.t, j.saved)
		local := j.d.here(j.saved)
		if second, _ := f.judge(j, seen, &legacy, &local); second != Same && second != Ignored {
			continue
		}
		for i := range found {
			if found[i].Rule == "" {
				found[i].Rule = "overtook a write"
			}
		}
		return Ignored, found
	}
	return verdict, found
}

// ruleFor returns the rule that ignores a difference, or empty.
func ruleFor(rules []string, operation, path string) string {
	for _, rule := range rules {
		of, at, _ := strings.Cut(rule, " ")
		if (of == "*" || of == operation) && (at == "*" || at == path || at == "" || strings.HasSuffix(at, "*") && strings.HasPrefix(path, strings.TrimSuffix(at, "*"))) {
			return "ignore " + rule
		}
	}
	return ""
}

// example makes the texts of an example.
func (j *job) example(legacy, local *Answer) Example {
	t := j.d.traits
	e := Example{
		Request:      string(maskRequest(j.saved.method, j.saved.target, j.saved.listed(), j.saved.body, t.Secrets)),
		LegacyAnswer: answerText(legacy, t), LocalAnswer: answerText(local, t),
	}
	if len(e.Request)+len(e.LegacyAnswer)+len(e.LocalAnswer) > maxExample {
		return Example{}
	}
	return e
}
