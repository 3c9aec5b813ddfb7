package openim

import (
	"parley/adapters/wire"
	"parley/core"
)

// groupOutcomes are the platform's numbers for what goes wrong with groups. Who is not a member is told apart from who may
// not do something by groupError.
func groupOutcomes() []wire.Outcome {
	return []wire.Outcome{
		{Code: core.Exists, Field: core.FieldGroup, Number: 1202, ZH: "GroupIDExisted", EN: "GroupIDExisted"},
		{Code: core.Conflict, Field: core.FieldGroup, Number: 1204, ZH: "DismissedAlreadyError", EN: "DismissedAlreadyError"},
		{Code: core.NotFound, Field: core.FieldGroup, Number: codeRecordNotFound, ZH: "RecordNotFoundError", EN: "record not found"},
		{Code: core.NotFound, Field: core.FieldUser, Number: codeRecordNotFound, ZH: "RecordNotFoundError", EN: "user not found"},
		{Code: core.Exists, Field: core.FieldMember, Number: codeArgs, ZH: "ArgsError", EN: "already in group"},
	}
}

// talkOutcomes are the platform's numbers for why a group does not hear a sender.
func talkOutcomes() []wire.Outcome {
	return append(groupOutcomes(),
		wire.Outcome{Code: core.Forbidden, Field: core.FieldMember, Number: 1203, ZH: "NotInGroupYetError", EN: "NotInGroupYetError"},
		wire.Outcome{Code: core.Limited, Field: core.FieldMember, Number: 1402, ZH: "MutedInGroup", EN: "MutedInGroup"},
		wire.Outcome{Code: core.Limited, Field: core.FieldGroup, Number: 1403, ZH: "MutedGroup", EN: "MutedGroup"},
	)
}

// groupError is an operation's error in the platform's words: nil stays nil, and a caller who is not a member gets the
// code for that.
func groupError(err error) error {
	if f := core.AsFault(err); f != nil && f.Code == core.Forbidden && f.Field == core.FieldMember && f.Note == core.NotInGroup {
		return newRefusal(1203, "NotInGroupYetError", "NotInGroupYetError", core.Forbidden)
	}
	return err
}
