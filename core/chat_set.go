package core

// chatSet is a set of conversations: a table that is probed from a conversation's place on. The zero value is empty.
type chatSet struct {
	slots []chatSlot // their number is a power of two, and more than half of them are free
	round uint32     // that of the slots in use
	count int
}

type chatSlot struct {
	conversation conversationKey
	round        uint32
}

// firstSlots is the size of the smallest table: enough for a page.
const firstSlots = 64

// add adds a conversation; it returns false if it was there.
func (s *chatSet) add(k conversationKey) bool {
	if 2*s.count >= len(s.slots) {
		s.grow()
	}
	slot := s.find(k)
	if slot.round == s.round {
		return false
	}
	*slot = chatSlot{k, s.round}
	s.count++
	return true
}

// find returns the slot in which k is or belongs.
func (s *chatSet) find(k conversationKey) *chatSlot {
	at := (uint64(k.a)*0x9e3779b97f4a7c15 ^ uint64(k.b)) * 0xd6e8feb86659fd93
	for i := at >> 32; ; i++ {
		slot := &s.slots[i&uint64(len(s.slots)-1)]
		if slot.round != s.round || slot.conversation == k {
			return slot
		}
	}
}

func (s *chatSet) grow() {
	old := *s
	s.slots, s.round = make([]chatSlot, max(firstSlots, 2*len(old.slots))), 1
	for i := range old.slots {
		if old.slots[i].round == old.round {
			slot := s.find(old.slots[i].conversation)
			*slot = chatSlot{old.slots[i].conversation, s.round}
		}
	}
}

// clear empties the set and keeps its table.
func (s *chatSet) clear() {
	s.count = 0
	if s.round++; s.round == 0 { // after four thousand million times
		*s = chatSet{}
	}
}
