package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"parley/adapters/phalapi"
	"parley/adapters/yesapi"
	"parley/core"
	"parley/core/migrate"
)

// liveMember is a member of YesApi, who is logged in again when the session has ended: to follow a platform takes longer
// than its sessions last.
type liveMember struct {
	client  *yesapi.Client
	login   memberCredentials
	session yesapi.Session
	reader  migrate.Reader
}

var _ migrate.Reader = (*liveMember)(nil)

// begin takes the session of the credentials, or begins one.
func (m *liveMember) begin(ctx context.Context) (err error) {
	m.session = yesapi.Session{UUID: m.login.UUID, Token: m.login.Token}
	if m.session.Token == "" {
		return m.logIn(ctx)
	}
	return m.view()
}

func (m *liveMember) logIn(ctx context.Context) (err error) {
	if m.session, err = m.client.Login(ctx, m.login.Username, m.login.Password); err != nil {
		return fmt.Errorf("%s of the credentials cannot log in: %w", strconv.Quote(m.login.Username), err)
	}
	return m.view()
}

func (m *liveMember) view() (err error) {
	m.reader, err = readerOf(m.client.As(m.session))
	return err
}

// ask asks, once more with a new session if the old one has ended.
func (m *liveMember) ask(ctx context.Context, question func(migrate.Reader) error) error {
	err := question(m.reader)
	if core.CodeOf(err) != core.Unauthenticated {
		return err
	}
	if m.login.Username == "" {
		return fmt.Errorf("the session of %s in the credentials has ended: %w", m.session.UUID, err)
	}
	if err := m.logIn(ctx); err != nil {
		return err
	}
	return question(m.reader)
}

// Chats implements core.Transcript.
func (m *liveMember) Chats(ctx context.Context) (chats []core.TranscriptChat, err error) {
	err = m.ask(ctx, func(r migrate.Reader) (err error) {
		chats, err = r.Chats(ctx)
		return err
	})
	return chats, err
}

// Pull implements core.Transcript.
func (m *liveMember) Pull(ctx context.Context, ref core.Ref, after int64, limit int) (page []core.TranscriptMessage, err error) {
	err = m.ask(ctx, func(r migrate.Reader) (err error) {
		page, err = r.Pull(ctx, ref, after, limit)
		return err
	})
	return page, err
}

// Conversations implements migrate.Reader.
func (m *liveMember) Conversations(ctx context.Context, offset, limit int) (page core.ConversationPage, err error) {
	err = m.ask(ctx, func(r migrate.Reader) (err error) {
		page, err = r.Conversations(ctx, offset, limit)
		return err
	})
	return page, err
}

// liveUser is a user of PhalApi, for whom the app's secret gives tokens.
type liveUser struct {
	migrate.Reader

	client      *phalapi.Client
	key, secret string
	id          int64
}

// begin takes a token and finds out the user's address, which is empty if the user has no messages. A token lives for
// thirty days.
func (u *liveUser) begin(ctx context.Context) (address string, err error) {
	token, err := u.client.Apply(ctx, u.key, u.secret, u.id)
	if err != nil {
		return "", err
	}
	if u.Reader, err = readerOf(u.client.As(token)); err != nil {
		return "", err
	}
	return u.client.Address(ctx, token)
}

func readerOf(m core.Messenger) (migrate.Reader, error) {
	reader, ok := m.(migrate.Reader)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	return reader, nil
}

// accounts are those that the credentials name.
type accounts []*core.User

// Accounts implements core.Directory. There is one page.
func (a accounts) Accounts(context.Context, string, int) (core.AccountPage, error) {
	return core.AccountPage{Users: a}, nil
}
