package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"

	"parley/core"
	"parley/core/official"
)

// exportedData is how many bytes of a content one record carries.
const exportedData = 960 << 10

// officialRows yields the rows of all accounts of a service.
type officialRows struct {
	service *official.Service
	secrets bool
}

// FromOfficial yields the resources of all official accounts of a service; with secrets, their tokens and their sealed
// credentials, too.
func FromOfficial(s *official.Service, secrets bool) OfficialSource { return &officialRows{s, secrets} }

// Records implements OfficialSource.
func (o *officialRows) Records(ctx context.Context, visit func(*Record) error) error {
	accounts, err := o.service.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		err := o.service.ExportRows(ctx, a.ID, official.ExportOptions{Secrets: o.secrets}, func(row official.ExportedRow) error {
			if row.Content != nil {
				if err := o.content(a.OriginalID, &row, visit); err != nil {
					return err
				}
			}
			value, err := encode(row.Row)
			if err != nil {
				return err
			}
			return visit(&Record{Type: TypeOfficial, Official: &Official{Account: a.OriginalID, Kind: string(row.Kind), Value: value}})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func encode(value any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return bytes.TrimSpace(b.Bytes()), err
}

// content writes a medium's bytes before its row, which gets their hash.
func (o *officialRows) content(account string, row *official.ExportedRow, visit func(*Record) error) error {
	hash := sha256.New()
	size, err := io.Copy(hash, row.Content)
	if err == nil {
		_, err = row.Content.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	digest := hex.EncodeToString(hash.Sum(nil))
	if m, ok := row.Row.(*official.MediaRow); ok {
		m.Digest = digest
	}
	part := make([]byte, min(size, exportedData))
	for at := int64(0); at == 0 || at < size; {
		n, err := io.ReadFull(row.Content, part[:min(size-at, exportedData)])
		if err != nil {
			return err
		}
		c := &Content{Account: account, Digest: digest, Size: size, At: at, Data: part[:n]}
		if err := visit(&Record{Type: TypeContent, Content: c}); err != nil {
			return err
		}
		if at += int64(n); n == 0 {
			break
		}
	}
	return nil
}

// officialTarget puts rows into a service.
type officialTarget struct {
	service *official.Service
	upload  *official.Upload // of the content that is being read
	part    Content          // what has been read of it, without data
}

// IntoOfficial puts the resources of official accounts into a service. Accounts are found by their original IDs and made
// if they are not there.
func IntoOfficial(s *official.Service) OfficialTarget { return &officialTarget{service: s} }

// Add implements OfficialTarget.
func (o *officialTarget) Add(ctx context.Context, r *Record) (stored bool, err error) {
	if r.Type == TypeContent {
		return true, o.content(ctx, r.Content)
	}
	var content *official.Upload
	if r.Official.Kind == string(official.RowMedia) && o.part.At == o.part.Size {
		content, o.upload = o.upload, nil
	}
	o.drop(ctx)
	return o.service.ImportRow(ctx, r.Official.Account, official.RowKind(r.Official.Kind), r.Official.Value, content)
}

// drop forgets a content that no row is for.
func (o *officialTarget) drop(ctx context.Context) {
	if o.upload != nil {
		o.upload.Discard(ctx)
		o.upload = nil
	}
}

// content takes the next part of a content.
func (o *officialTarget) content(ctx context.Context, c *Content) (err error) {
	if c.At == 0 {
		o.drop(ctx)
		if o.upload, err = o.service.NewUpload(c.Account); err != nil {
			return err
		}
		o.part = Content{Account: c.Account, Digest: c.Digest, Size: c.Size}
	}
	if o.upload == nil || c.At != o.part.At || c.Account != o.part.Account || c.Digest != o.part.Digest || c.Size != o.part.Size {
		o.drop(ctx)
		return core.NewFault(core.Invalid, official.FieldMedia, "the part of the content does not follow the one before")
	}
	if err := o.upload.Write(ctx, c.Data); err != nil {
		return err
	}
	if o.part.At += int64(len(c.Data)); o.part.At < o.part.Size {
		return nil
	}
	if digest := o.upload.Digest(); digest != c.Digest {
		o.drop(ctx)
		return core.NewFault(core.Invalid, official.FieldMedia, "the content has the digest "+digest+" and should have "+c.Digest)
	}
	return nil
}
