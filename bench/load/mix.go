package load

import (
	"fmt"
	"strconv"
	"strings"
)

// Mix is the weight of each kind of request, indexed by Op. The weights need not add up to 100.
type Mix [OpCount]int

// maxWeight keeps the sum of the weights small.
const maxWeight = 1_000_000

// ParseMix reads a mix such as "send=70,list=25,chats=5". Kinds that it does not name have no weight.
func ParseMix(text string) (Mix, error) {
	var m Mix
	for part := range strings.SplitSeq(text, ",") {
		name, number, found := strings.Cut(strings.TrimSpace(part), "=")
		op, known := opOf(name)
		weight, err := strconv.Atoi(number)
		switch {
		case !known:
			return m, fmt.Errorf("mix: there is no operation %q; there are %s", name, strings.Join(opNames(), ", "))
		case !found || err != nil || weight < 0 || weight > maxWeight:
			return m, fmt.Errorf("mix: the weight of %s must be a number of 0 to %d", name, maxWeight)
		case m[op] != 0:
			return m, fmt.Errorf("mix: %s is named twice", name)
		}
		m[op] = weight
	}
	if m.sum() == 0 {
		return m, fmt.Errorf("mix: no operation has a weight")
	}
	return m, nil
}

func opOf(name string) (Op, bool) {
	for _, op := range Ops() {
		if op.String() == name {
			return op, true
		}
	}
	return 0, false
}

func opNames() (names []string) {
	for _, op := range Ops() {
		names = append(names, op.String())
	}
	return names
}

// String returns the mix as ParseMix reads it.
func (m Mix) String() string {
	var parts []string
	for _, op := range Ops() {
		if m[op] > 0 {
			parts = append(parts, op.String()+"="+strconv.Itoa(m[op]))
		}
	}
	return strings.Join(parts, ",")
}

func (m Mix) sum() (sum int) {
	for _, weight := range m {
		sum += weight
	}
	return sum
}

// pick returns the kind that the point falls to, of 0 to the sum of the weights, exclusive.
func (m Mix) pick(point int) Op {
	for _, op := range Ops() {
		if point -= m[op]; point < 0 {
			return op
		}
	}
	return Send
}
