package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// ErrUnreachable reports that no admin listener answers at the address.
var ErrUnreachable = errors.New("no admin listener answers")

// Client performs the operations through the admin listener of a server.
type Client struct {
	base  string
	token string
	http  *http.Client
}

var _ Operations = (*Client)(nil)

// Dial connects to the admin listener at address, host and port, and makes sure that its server has the given store
// open. The error is ErrUnreachable if nobody answers there.
func Dial(ctx context.Context, address, token, store string) (*Client, error) {
	c := &Client{
		base:  "http://" + address + "/api/v1",
		token: token,
		http: &http.Client{
			Timeout:   30 * time.Second,
			Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true},
		},
	}
	var serving storeAnswer
	if err := c.call(ctx, http.MethodGet, "/store", nil, &serving); err != nil {
		return nil, err
	}
	if serving.Store != store {
		return nil, fmt.Errorf("the server at %s has another store open: %s, not %s", address, serving.Store, store)
	}
	return c, nil
}

// Apps implements Operations.
func (c *Client) Apps(ctx context.Context, secrets bool) (all []App, err error) {
	err = c.call(ctx, http.MethodGet, "/apps?secrets="+strconv.FormatBool(secrets), nil, &all)
	return all, err
}

// AddApp implements Operations.
func (c *Client) AddApp(ctx context.Context, a App) (added App, err error) {
	err = c.call(ctx, http.MethodPost, "/apps", a, &added)
	return added, err
}

// ChangeApp implements Operations.
func (c *Client) ChangeApp(ctx context.Context, key string, change AppChange) (changed App, err error) {
	err = c.call(ctx, http.MethodPatch, "/apps/"+url.PathEscape(key), change, &changed)
	return changed, err
}

// RotateSecret implements Operations.
func (c *Client) RotateSecret(ctx context.Context, key string) (rotated App, err error) {
	err = c.call(ctx, http.MethodPost, "/apps/"+url.PathEscape(key)+"/rotate", struct{}{}, &rotated)
	return rotated, err
}

// AddUser implements Operations.
func (c *Client) AddUser(ctx context.Context, app string, u NewUser) (added User, err error) {
	err = c.call(ctx, http.MethodPost, "/apps/"+url.PathEscape(app)+"/users", u, &added)
	return added, err
}

// Users implements Operations.
func (c *Client) Users(ctx context.Context, app string, offset, limit int) (page UserPage, err error) {
	query := "?offset=" + strconv.Itoa(offset) + "&limit=" + strconv.Itoa(limit)
	err = c.call(ctx, http.MethodGet, "/apps/"+url.PathEscape(app)+"/users"+query, nil, &page)
	return page, err
}

// SetBanned implements Operations.
func (c *Client) SetBanned(ctx context.Context, app, address string, banned bool) (u User, err error) {
	err = c.call(ctx, http.MethodPost, "/apps/"+url.PathEscape(app)+"/ban", banRequest{Address: address, Banned: banned}, &u)
	return u, err
}

// call sends one request; a nil body sends none.
func (c *Client) call(ctx context.Context, method, path string, body, into any) error {
	var payload io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		payload = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, payload)
	if err != nil {
		return err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 64<<20))
	if err != nil {
		return fmt.Errorf("the admin listener's answer broke off: %w", err)
	}
	if answer.StatusCode == http.StatusOK {
		return json.Unmarshal(text, into)
	}
	if fault, ok := decodeFault(text); ok {
		return fault
	}
	return fmt.Errorf("the admin listener answers %s: %s", answer.Status, bytes.TrimSpace(text))
}
