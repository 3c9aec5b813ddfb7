package openim

// The content types that the dialect gives and takes.
const (
	typeText         = 101
	typePicture      = 102
	typeSound        = 103
	typeVideo        = 104
	typeFile         = 105
	typeAtText       = 106
	typeCard         = 108
	typeLocation     = 109
	typeCustom       = 110
	typeMarkdown     = 118
	firstSystemType  = 1000 // from here on, contents are notifications
	typeNotification = 1400
)

// valueKind is what a member of a content object becomes.
type valueKind uint8

const (
	asText valueKind = iota
	asInteger32
	asInteger64
	asBoolean
	asTexts    // a list of strings
	asPart     // an object, zero where the member is missing
	asOptional // an object, absent where the member is missing
	asParts    // a list of objects
)

// contentField is one member of a content object. The rules and both names are the platform's: its refusals contain them.
type contentField struct {
	member   string // as the platform names the member: its tag, or the field where there is none
	name     string // of the field
	kind     valueKind
	required bool
	rule     func(v *contentValue) (failed string) // names the rule that a value breaks, or nothing
	fields   func() []contentField                 // of a part
}

// contentStruct returns the name and the fields of a type that clients may send, nil for the others.
func contentStruct(contentType int64) (name string, fields []contentField) {
	switch contentType {
	case typeText:
		return "TextElem", []contentField{{member: "Content", name: "Content", required: true}}
	case typePicture:
		return "PictureElem", pictureFields()
	case typeSound:
		return "SoundElem", soundFields()
	case typeVideo:
		return "VideoElem", videoFields()
	case typeFile:
		return "FileElem", fileFields()
	case typeAtText:
		return "AtElem", atFields()
	case typeCustom:
		return "CustomElem", []contentField{
			{member: "data", name: "Data", required: true},
			{member: "description", name: "Description"},
			{member: "extension", name: "Extension"},
		}
	case typeNotification:
		return "OANotificationElem", notificationFields()
	}
	return "", nil
}

func pictureFields() []contentField {
	return []contentField{
		{member: "sourcePath", name: "SourcePath"},
		{member: "sourcePicture", name: "SourcePicture", kind: asPart, fields: pictureInfoFields},
		{member: "bigPicture", name: "BigPicture", kind: asPart, fields: pictureInfoFields},
		{member: "snapshotPicture", name: "SnapshotPicture", kind: asPart, fields: pictureInfoFields},
	}
}

func pictureInfoFields() []contentField {
	return []contentField{
		{member: "uuid", name: "UUID"},
		{member: "type", name: "Type", required: true},
		{member: "size", name: "Size", kind: asInteger64},
		{member: "width", name: "Width", kind: asInteger32, required: true},
		{member: "height", name: "Height", kind: asInteger32, required: true},
		{member: "url", name: "Url", required: true},
	}
}

func soundFields() []contentField {
	return []contentField{
		{member: "uuid", name: "UUID"},
		{member: "soundPath", name: "SoundPath"},
		{member: "sourceUrl", name: "SourceURL", required: true},
		{member: "dataSize", name: "DataSize", kind: asInteger64},
		{member: "duration", name: "Duration", kind: asInteger64, required: true, rule: atLeastOne},
		{member: "soundType", name: "SoundType"},
	}
}

func videoFields() []contentField {
	return []contentField{
		{member: "videoPath", name: "VideoPath"},
		{member: "videoUUID", name: "VideoUUID"},
		{member: "videoUrl", name: "VideoURL", required: true},
		{member: "videoType", name: "VideoType", required: true},
		{member: "videoSize", name: "VideoSize", kind: asInteger64, required: true},
		{member: "duration", name: "Duration", kind: asInteger64, required: true},
		{member: "snapshotPath", name: "SnapshotPath"},
		{member: "snapshotUUID", name: "SnapshotUUID"},
		{member: "snapshotSize", name: "SnapshotSize", kind: asInteger64},
		{member: "snapshotUrl", name: "SnapshotURL", required: true},
		{member: "snapshotWidth", name: "SnapshotWidth", kind: asInteger32, required: true},
		{member: "snapshotHeight", name: "SnapshotHeight", kind: asInteger32, required: true},
	}
}

func fileFields() []contentField {
	return []contentField{
		{member: "filePath", name: "FilePath"},
		{member: "uuid", name: "UUID"},
		{member: "sourceUrl", name: "SourceURL", required: true},
		{member: "fileName", name: "FileName", required: true},
		{member: "fileSize", name: "FileSize", kind: asInteger64, required: true},
		{member: "fileType", name: "FileType"},
	}
}

func atFields() []contentField {
	return []contentField{
		{member: "text", name: "Text"},
		{member: "atUserList", name: "AtUserList", kind: asTexts, required: true, rule: atMostThousand},
		{member: "AtUsersInfo", name: "AtUsersInfo", kind: asParts, fields: func() []contentField {
			return []contentField{{member: "AtUserID", name: "AtUserID"}, {member: "GroupNickname", name: "GroupNickname"}}
		}},
		{member: "QuoteMessage", name: "QuoteMessage", kind: asOptional, fields: func() []contentField { return nil }},
		{member: "isAtSelf", name: "IsAtSelf", kind: asBoolean},
	}
}

func notificationFields() []contentField {
	return []contentField{
		{member: "notificationName", name: "NotificationName", required: true},
		{member: "notificationFaceURL", name: "NotificationFaceURL"},
		{member: "notificationType", name: "NotificationType", kind: asInteger32, required: true},
		{member: "text", name: "Text", required: true},
		{member: "url", name: "Url"},
		{member: "mixType", name: "MixType", kind: asInteger32, rule: zeroToFive},
		{member: "pictureElem", name: "PictureElem", kind: asOptional, fields: pictureFields},
		{member: "soundElem", name: "SoundElem", kind: asOptional, fields: soundFields},
		{member: "videoElem", name: "VideoElem", kind: asOptional, fields: videoFields},
		{member: "fileElem", name: "FileElem", kind: asOptional, fields: fileFields},
		{member: "ex", name: "Ex"},
	}
}

func atLeastOne(v *contentValue) string {
	if v.number < 1 {
		return "min"
	}
	return ""
}

func atMostThousand(v *contentValue) string {
	if len(v.list) > 1000 {
		return "max"
	}
	return ""
}

func zeroToFive(v *contentValue) string {
	switch {
	case v.number < 0:
		return "gte"
	case v.number > 5:
		return "lte"
	}
	return ""
}
