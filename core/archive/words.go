package archive

import (
	"fmt"

	"parley/core"
)

// The words that stand for the engine's numbers. An empty word is the ordinary value.

func roleWord(r core.Role) string {
	switch r {
	case core.RoleAdmin:
		return "admin"
	case core.RoleNotifier:
		return "notifier"
	case core.RoleRobot:
		return "robot"
	case core.RoleUser:
	}
	return ""
}

func receptionWord(r core.Reception) string {
	switch r {
	case core.ReceiveNothing:
		return "nothing"
	case core.ReceiveQuietly:
		return "quietly"
	case core.ReceiveAll:
	}
	return ""
}

func groupRoleWord(r core.GroupRole) string {
	switch r {
	case core.GroupAdmin:
		return "admin"
	case core.GroupOwner:
		return "owner"
	case core.GroupMember:
	}
	return ""
}

func channelWord(c core.Channel) string {
	switch c {
	case core.Notices:
		return "notices"
	case core.Events:
		return "events"
	case core.Direct:
	}
	return ""
}

// parseWord returns the value whose word is given, among those from 0 to last.
func parseWord[T ~uint8](what, word string, last T, name func(T) string) (T, error) {
	for v := T(0); v <= last; v++ {
		if name(v) == word {
			return v, nil
		}
	}
	return 0, core.NewFault(core.Invalid, core.Field(what), fmt.Sprintf("there is no %s %q", what, word))
}

func parseRole(word string) (core.Role, error) {
	return parseWord("role", word, core.RoleRobot, roleWord)
}

func parseReception(word string) (core.Reception, error) {
	return parseWord("reception", word, core.ReceiveQuietly, receptionWord)
}

func parseGroupRole(word string) (core.GroupRole, error) {
	return parseWord("role", word, core.GroupOwner, groupRoleWord)
}

func parseChannel(word string) (core.Channel, error) {
	return parseWord("channel", word, core.Events, channelWord)
}

func parseKind(word string) (core.Kind, error) {
	for k := core.KindText; k <= core.KindNotification; k++ {
		if k.String() == word {
			return k, nil
		}
	}
	return 0, core.NewFault(core.Invalid, core.FieldContent, fmt.Sprintf("there is no kind %q", word))
}
