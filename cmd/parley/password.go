package main

import (
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// maxSecret is the longest secret or password that is read, in bytes.
const maxSecret = 4096

// password returns a new user's clear password: from the file, from the environment, or asked for on a terminal. It is
// never echoed.
func (p *program) password(file string) (string, error) {
	if file != "" {
		return p.secretFrom(file)
	}
	for _, entry := range p.environ {
		if value, ok := strings.CutPrefix(entry, passwordVariable+"="); ok {
			return notEmpty(value, passwordVariable)
		}
	}
	in, ok := p.stdin.(*os.File)
	if !ok || !isTerminal(in) {
		return "", usagef("a username needs a password: give --password-file or %s, or run on a terminal", passwordVariable)
	}
	descriptor := int(in.Fd())
	p.say("password: ")
	first, err := term.ReadPassword(descriptor)
	p.say("\nagain: ")
	if err != nil {
		return "", err
	}
	second, err := term.ReadPassword(descriptor)
	p.say("\n")
	if err != nil {
		return "", err
	}
	if string(first) != string(second) {
		return "", usagef("the passwords differ")
	}
	return notEmpty(string(first), "the password")
}

// secretFrom reads a secret from a file, or from standard input if its name is -. One line break at the end is not part
// of it.
func (p *program) secretFrom(file string) (string, error) {
	in := p.stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return "", usageError{err}
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxSecret+1))
	if err != nil {
		return "", err
	}
	if len(text) > maxSecret {
		return "", errors.New(file + " is too long for a secret")
	}
	return notEmpty(strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), file)
}

func notEmpty(secret, where string) (string, error) {
	if secret == "" {
		return "", usagef("%s is empty", where)
	}
	return secret, nil
}
