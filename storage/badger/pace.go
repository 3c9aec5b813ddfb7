package badger

import (
	"strings"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// A compaction runs as fast as it can, in more goroutines than there are processors, and whatever else the process does
// waits behind them for seconds. The engine has no setting for that. But it reports each table that a compaction has
// merged, in the goroutine that merges, so that is where a compaction can be made to pause.

// mergedReport begins the report of a merged table. The last argument is how long the merging took.
const mergedReport = "[%d] LOG Compact. Added %d keys."

const (
	// calmShare is the part of all processors that the merging of compactions may use as long as the first level is short and
	// the others are within their bounds. What they do beside merging, compressing and writing, takes about as much again.
	// Each further table of the first level doubles it.
	calmShare = 0.05
	// drainShare is the part that may be used if the levels below are too large by one memtable and the first level has room
	// for one table. It was chosen so that a server at 70 % of what it can do gets them back in bounds in time.
	drainShare = 0.3
	// calmTables is how many tables of the first level start a compaction, which is in no hurry as long as there are no more.
	calmTables = 5
	// fullTables is how many there are when compactions pause no longer.
	fullTables = 10
	// stallTables is how many there are when the engine holds back writes.
	stallTables = 15
	// paceStep is the time between two looks at the levels.
	paceStep = 10 * time.Millisecond
)

// backlog is what lies before compactions.
type backlog struct {
	// first is how many tables the first level has.
	first int
	// excess is by how much the levels below are larger than they should be, in memtables.
	excess float64
}

// backlogOf returns the backlog of an engine whose memtables have the given size in bytes.
func backlogOf(levels []badger.LevelInfo, memtable int64) backlog {
	b := backlog{first: levels[0].NumTables}
	for _, level := range levels[1:] {
		b.excess += float64(max(level.Size-level.TargetSize, 0)) / float64(memtable)
	}
	return b
}

// share returns which part of the processors compactions may use, and whether there is a limit.
//
// The levels below have to be back within their bounds when the first has enough tables for a compaction. Otherwise the engine
// merges these into a single one and leaves it where it is, which is work for nothing, done without a pause and in hundreds of
// megabytes of memory. So the less room the first level has, the faster the others are worked off.
func (b backlog) share() (part float64, limited bool) {
	if b.first >= fullTables {
		return 0, false
	}
	const leastRoom = 0.5
	room := max(float64(calmTables-b.first), leastRoom)
	return max(calmShare*float64(int(1)<<max(b.first-calmTables, 0)), drainShare*b.excess/room), true
}

// pacer makes compactions pause, so that the work of a minute is spread over it: the less there is to do, the thinner. What
// waits costs readers a little and nobody else anything.
type pacer struct {
	backlog    func() backlog
	processors int
	stop       <-chan struct{} // closed to end all pauses
	// turn holds a token for a pause that lasts, so that the goroutines of compactions pause one after the other.
	turn chan struct{}
}

func newPacer(backlog func() backlog, processors int, stop <-chan struct{}) *pacer {
	return &pacer{backlog: backlog, processors: processors, stop: stop, turn: make(chan struct{}, 1)}
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
		part, limited := p.backlog().share()
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

// merged tells whether a report is that of a merged table, and how long the merging took.
func merged(format string, args []any) (took time.Duration, ok bool) {
	if len(args) == 0 || !strings.HasPrefix(format, mergedReport) {
		return 0, false
	}
	took, ok = args[len(args)-1].(time.Duration)
	return took, ok
}
