package official

// JobInput is background work to be done once.
type JobInput struct {
	// Account is an Account.ID.
	Account string
	// Kind is the worker's name for the work, 1 to 40 bytes.
	Kind string
	// Key makes the job unique among those of its account and kind, at most 128 bytes.
	Key string
	// Payload is what the worker has to know, at most 16 KiB.
	Payload []byte
	// RunAt is the earliest time; zero means at once.
	RunAt int64
}

// Job is background work. It survives the end of the process with its progress.
type Job struct {
	ID string
	JobInput
	// Progress is what SaveProgress has saved, nil at the beginning.
	Progress []byte
	// Owner has the job until LeaseUntil; empty if nobody works on it.
	Owner      string
	LeaseUntil int64
	// Failures counts the calls of FailJob, and Note is what the last one said.
	Failures int
	Note     string
	Created  int64
}
