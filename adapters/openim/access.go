package openim

import (
	"parley/adapters/wire"
)

// checkAccess refuses a caller who is neither the user with the given ID nor an administrator.
func checkAccess(c *wire.Call, owner string) error {
	if c.Caller.Privileged || c.Caller.User.ID == owner {
		return nil
	}
	return noPermission("ownerUserID, " + owner + "=MISSING")
}

// checkAdmin refuses a caller who is not an administrator.
func checkAdmin(c *wire.Call) error {
	if c.Caller.Privileged {
		return nil
	}
	return noPermission("user " + c.Caller.User.ID + " is not admin userID")
}
