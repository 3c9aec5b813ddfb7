package official

// Account is the binding of an official account. It is a snapshot that nobody modifies.
type Account struct {
	// ID names the account in every operation: 32 lower-case hexadecimal digits.
	ID string
	// OriginalID is what the platform calls the account.
	OriginalID string
	// Token signs the platform's callbacks: 8 characters of 0-9, a-z and A-Y.
	Token string
	// Created is the time of the binding.
	Created int64
	// HasCredentials tells that SetCredentials has succeeded.
	HasCredentials bool
	// FollowersFetched and MenuFetched tell that an import has been made; see SetFollowersFetched and SetMenuFetched.
	FollowersFetched, MenuFetched bool
}

// Credentials are what the platform demands from those who call it for an account, 100 characters each at the most.
type Credentials struct {
	AppID, Secret string
	// EncodingKey encrypts callbacks in the platform's safe mode; empty if the account does not use it.
	EncodingKey string
}
