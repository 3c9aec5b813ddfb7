package official

// The status of a mass send before the platform has reported its end; afterwards it is the platform's own text.
const (
	// MassPreparing: the audience is being written down; nothing has been sent.
	MassPreparing = "preparing"
	// MassSending: the audience stands, and not every chunk has been reported as finished.
	MassSending = "sending"
	// MassFailed: the platform refused a chunk, or the preparation was interrupted. Counts, if there are any, are those of
	// the chunks that were sent all the same.
	MassFailed = "failed"
	// MassUnknown: at least one chunk may or may not have been sent. Counts, if there are any, are those of the others.
	MassUnknown = "unknown"
)

// ChunkState is what became of a part of the audience.
type ChunkState string

// The states of a chunk.
const (
	// ChunkPending: not sent yet.
	ChunkPending ChunkState = "pending"
	// ChunkSending: handed to the caller of NextChunk, who has not said what became of it.
	ChunkSending ChunkState = "sending"
	// ChunkSent: accepted by the platform.
	ChunkSent ChunkState = "sent"
	// ChunkRefused: refused by the platform.
	ChunkRefused ChunkState = "refused"
	// ChunkUnknown: the platform may or may not have it. It is never sent again.
	ChunkUnknown ChunkState = "unknown"
)

// MaxChunk is how many followers one chunk has at the most.
const MaxChunk = 10_000

// MassSendInput is a mass send to make.
type MassSendInput struct {
	Audience Selection
	// Type is the platform's name for the type of the message and Material the ID of what is sent; both are kept as they
	// are, 45 characters at the most.
	Type, Material string
}

// Counts are the numbers that the platform reports at the end.
type Counts struct {
	Total, Filtered, Sent, Failed int64
}

// Chunk is a part of the audience, sent by one call.
type Chunk struct {
	// Index counts from zero.
	Index int
	// Size is the number of followers.
	Size  int
	State ChunkState
	// MessageID is the platform's number; zero until the chunk is sent.
	MessageID int64
	// Code and Note are the platform's answer.
	Code int
	Note string
	// Finish is the platform's report; nil until it comes.
	Finish *Finish
}

// Finish is the platform's report on the end of a chunk.
type Finish struct {
	// Status is the platform's text, at most 100 characters.
	Status string
	// Succeeded tells that the text means success.
	Succeeded bool
	Counts    Counts
}

// MassSend is a message to many followers.
type MassSend struct {
	ID string
	MassSendInput
	Created int64
	// Size is the number of followers in the audience; zero while the status is MassPreparing.
	Size   int
	Chunks []Chunk
	// Status is one of the constants above, or the platform's text once every sent chunk is finished: that of the first
	// chunk that did not succeed, or of the first if every chunk of the audience was sent.
	Status string
	// Counts are the sums of the chunks'; nil before the end.
	Counts *Counts
}

// MassSendPage is one page of mass sends, the newest first.
type MassSendPage struct {
	MassSends []*MassSend
	// Total is the number of mass sends on all pages.
	Total int
}

// ChunkToSend is what NextChunk hands out.
type ChunkToSend struct {
	Index   int
	OpenIDs []string
}

// ChunkResult is the platform's answer to a chunk.
type ChunkResult struct {
	State     ChunkState
	MessageID int64
	Code      int
	// Note has at most 1000 characters.
	Note string
}
