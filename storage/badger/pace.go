package badger

import (
	"strings"
	"time"
)

// A compaction runs as fast as it can, in more goroutines than there are processors, and whatever else the process does
// waits behind them for seconds. The engine has no setting for that. But it reports each table that a compaction has
// merged, in the goroutine that merges, so that is where a compaction can be made to pause.

// mergedReport begins the report of a merged table. The last argument is how long the merging took.
const mergedReport = "[%d] LOG Compact. Added %d keys."

const (
	// calmShare is the part of all processors that the merging of compactions may use as long as the first level is short.
	// What they do beside merging, compressing and writing, takes about as much again. Each further table doubles it.
	calmShare = 0.05
	// calmTables is how many tables of the first level start a compaction, which is in no hurry as long as there are no more.
	calmTables = 5
	// fullTables is how many there are when compactions pause no longer.
	fullTables = 10
	// stallTables is how many there are when the engine holds back writes.
	stallTables = 15
	// paceStep is the time between two looks at the first level.
	paceStep = 10 * time.Millisecond
)

// pacer makes compactions pause, so that the work of a minute is spread over it: the shorter the first level is, the
// thinner. What waits there costs readers a little and nobody else anything.
type pacer struct {
	waiting    func() int // counts the tables of the first level
	processors int
	stop       <-chan struct{} // closed to end all pauses
	// turn holds a token for a pause that lasts, so that the goroutines of compactions pause one after the other.
	turn chan struct{}
}

func newPacer(waiting func() int, processors int, stop <-chan struct{}) *pacer {
	return &pacer{waiting: waiting, processors: processors, stop: stop, turn: make(chan struct{}, 1)}
}

// pause returns when a compaction that has worked for the given time may go on.
func (p *pacer) pause(worked time.Duration) {
	select {
	case <-p.stop:
		return
	case p.turn <- struct{}{}:
	}
	defer func() { <-p.turn }()
	tick := time.NewTicker(paceStep)
	defer tick.Stop()
	for owed := float64(worked); owed > 0; {
		part, limited := share(p.waiting())
		if !limited {
			return
		}
		select {
		case <-p.stop:
			return
		case <-tick.C:
			owed -= part * float64(p.processors) * float64(paceStep)
		}
	}
}

// share returns which part of the processors compactions may use while so many tables wait, and whether there is a limit.
func share(waiting int) (part float64, limited bool) {
	if waiting >= fullTables {
		return 0, false
	}
	return calmShare * float64(int(1)<<max(waiting-calmTables, 0)), true
}

// merged tells whether a report is that of a merged table, and how long the merging took.
func merged(format string, args []any) (took time.Duration, ok bool) {
	if len(args) == 0 || !strings.HasPrefix(format, mergedReport) {
		return 0, false
	}
	took, ok = args[len(args)-1].(time.Duration)
	return took, ok
}
