package official

import (
	"context"
	"strings"
	"unicode/utf8"

	"parley/storage"
)

// matcher finds the reply to a text among the keywords of an account. It is immutable.
type matcher struct {
	changes uint64           // of the rules, when they were read
	exact   map[string]Reply // by folded keyword, of the oldest rule
	fuzzy   automaton
	replies []Reply // of the fuzzy keywords, the oldest rule's first
	// joined is all fuzzy keywords in that order, each with a separator before and after it; starts are their places.
	joined string
	starts []int
}

// separator is a byte that no UTF-8 text contains.
const separator = "\xff"

// fold makes texts equal that are to match each other.
func fold(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// newMatcher takes rules in the order of their creation.
func newMatcher(rules []*Rule) *matcher {
	m := &matcher{exact: map[string]Reply{}}
	var joined strings.Builder
	var words []string
	joined.WriteString(separator)
	for _, rule := range rules {
		for _, k := range rule.Keywords {
			word := fold(k.Content)
			if !k.Fuzzy {
				if _, known := m.exact[word]; !known {
					m.exact[word] = rule.Reply
				}
				continue
			}
			words = append(words, word)
			m.replies = append(m.replies, rule.Reply)
			m.starts = append(m.starts, joined.Len())
			joined.WriteString(word)
			joined.WriteString(separator)
		}
	}
	m.joined = joined.String()
	m.fuzzy = newAutomaton(words)
	return m
}

func (m *matcher) match(text string) (Reply, bool) {
	text = fold(text)
	if text == "" || !utf8.ValidString(text) {
		return Reply{}, false
	}
	if r, ok := m.exact[text]; ok {
		return r, true
	}
	if i := m.fuzzy.longest(text); i >= 0 {
		return m.replies[i], true
	}
	if utf8.RuneCountInString(text) < 2 {
		return Reply{}, false
	}
	at := strings.Index(m.joined, text)
	if at < 0 {
		return Reply{}, false
	}
	return m.replies[lastUpTo(m.starts, at)], true
}

// lastUpTo returns the index of the last of the ascending numbers that is at most n; the first is.
func lastUpTo(numbers []int, n int) int {
	low, high := 0, len(numbers)
	for high-low > 1 {
		middle := int(uint(low+high) / 2)
		if numbers[middle] <= n {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// Match returns the reply to a text; false if no keyword matches. Whatever the case of letters and ignoring space at the
// ends, it is that of the oldest rule with a keyword, not fuzzy, that is the text; else of the longest fuzzy keyword that
// the text contains, of the oldest rule if there are several; else, if the text has two characters or more, of the oldest
// rule with a fuzzy keyword that contains the text.
func (s *Service) Match(ctx context.Context, account, text string) (Reply, bool, error) {
	a, err := s.account(account)
	if err != nil {
		return Reply{}, false, err
	}
	m := a.matcher.Load()
	if m == nil || m.changes < a.rules.Load() {
		if m, err = s.buildMatcher(ctx, a); err != nil {
			return Reply{}, false, err
		}
	}
	r, ok := m.match(text)
	return r, ok, nil
}

// buildMatcher reads the rules while nobody can change them.
func (s *Service) buildMatcher(ctx context.Context, a *accountState) (*matcher, error) {
	a.changing.Lock()
	defer a.changing.Unlock()
	if m := a.matcher.Load(); m != nil && m.changes >= a.rules.Load() {
		return m, nil
	}
	var rules []*Rule
	var changes uint64
	err := s.view(ctx, func(r storage.Reader) (err error) {
		if changes, err = ruleChanges(r, a.number); err != nil {
			return err
		}
		for p := (Page{Limit: MaxPage}); ; p.Offset += p.Limit {
			records, total, err := readPage[ruleRecord](r, ruleList(a.number), tableRules, p)
			if err != nil {
				return err
			}
			for _, record := range records {
				rules = append(rules, &record.Rule)
			}
			if p.Offset+p.Limit >= total {
				return nil
			}
		}
	})
	if err != nil {
		return nil, err
	}
	m := newMatcher(rules)
	m.changes = changes
	a.matcher.Store(m)
	return m, nil
}
