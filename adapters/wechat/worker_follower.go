package wechat

import (
	"context"
	"encoding/json"
	"strconv"

	"parley/adapters/wechat/weixin"
	"parley/core"
	"parley/core/official"
)

// followerProgress is how far an import of followers has come.
type followerProgress struct {
	// Started is when the import began: who has not been heard of since then at its end has left.
	Started int64 `json:"started"`
	// Tags tells that the platform has tags instead of groups for this account.
	Tags bool `json:"tags,omitempty"`
	// Next is where the page begins that is being read, and Done how many of its followers are stored.
	Next string `json:"next,omitempty"`
	Done int    `json:"done,omitempty"`
	// Stored is how many followers there were until now.
	Stored int `json:"stored"`
	// Listed tells that all pages are stored, and what is left are those who are shut out, from Next on.
	Listed bool `json:"listed,omitempty"`
}

// followersAtOnce is how many followers are stored, and can be asked for again after a crash.
const followersAtOnce = 5 * weixin.MaxUserInfos

// followerImport is one import of an account's groups and followers, in steps that are kept in its job.
type followerImport struct {
	*Worker
	job      *official.Job
	client   *weixin.Client
	progress followerProgress
}

// ImportFollowers implements Background.
func (w *Worker) ImportFollowers(ctx context.Context, account string) error {
	if err := w.enqueue(ctx, account, jobFollowers, jobOnly, nil); err != nil {
		return err
	}
	return w.service.SetFollowersFetched(ctx, account, true)
}

func (w *Worker) importFollowers(ctx context.Context, job *official.Job) error {
	client, err := w.client(ctx, job.Account)
	if err != nil {
		return err
	}
	i := &followerImport{Worker: w, job: job, client: client}
	if job.Progress == nil {
		i.progress.Started = w.now().UnixMilli()
		if err := i.importGroups(ctx); err != nil {
			return err
		}
		if err := i.save(ctx); err != nil {
			return err
		}
	} else if err := json.Unmarshal(job.Progress, &i.progress); err != nil {
		return core.Wrap(core.Internal, "the progress of an import can not be read", err)
	}
	if err := i.importPages(ctx); err != nil {
		return err
	}
	if err := i.importBlacklist(ctx); err != nil {
		return err
	}
	gone, err := w.service.UnsubscribeUnseen(ctx, job.Account, i.progress.Started)
	if err != nil {
		return err
	}
	w.log.Info("the followers are imported", "account", job.Account, "followers", i.progress.Stored, "gone", gone)
	return nil
}

func (i *followerImport) save(ctx context.Context) error {
	progress, err := json.Marshal(&i.progress)
	if err != nil {
		return core.AsFault(err)
	}
	return i.service.SaveProgress(ctx, i.job.ID, i.owner, progress, jobLease)
}

// importGroups takes the groups, or the tags if the platform refuses to tell of groups.
func (i *followerImport) importGroups(ctx context.Context) error {
	groups, err := i.client.Groups(ctx)
	if refused(err) && !credentialsRefused(err) {
		i.progress.Tags = true
		groups, err = i.client.Tags(ctx)
	}
	if err != nil {
		return err
	}
	updates := make([]official.GroupUpdate, len(groups))
	for n, g := range groups {
		updates[n] = official.GroupUpdate{ID: strconv.FormatInt(g.ID, 10), Name: clip(g.Name, 100)}
	}
	return i.service.ImportGroups(ctx, i.job.Account, updates)
}

// credentialsRefused tells of refusals that every other call would meet, too.
func credentialsRefused(err error) bool {
	for _, code := range [...]int64{
		weixin.CodeBadToken, weixin.CodeBadAppID, weixin.CodeBadSecret, weixin.CodeAddressRefused, weixin.CodeMalformedToken,
		weixin.CodeTokenExpired,
	} {
		if weixin.IsCode(err, code) {
			return true
		}
	}
	return false
}

// importPages stores all followers, page by page.
func (i *followerImport) importPages(ctx context.Context) error {
	for !i.progress.Listed {
		page, err := i.client.Followers(ctx, i.progress.Next)
		if err != nil {
			return err
		}
		for i.progress.Done < len(page.List) {
			some := page.List[i.progress.Done:min(i.progress.Done+followersAtOnce, len(page.List))]
			if err := i.store(ctx, some); err != nil {
				return err
			}
			i.progress.Done += len(some)
			i.progress.Stored += len(some)
			if err := i.save(ctx); err != nil {
				return err
			}
		}
		// A platform that leads back to where the page began would be asked for ever.
		end := page.Next == "" || page.Next == i.progress.Next
		i.progress.Next, i.progress.Done, i.progress.Listed = page.Next, 0, end
		if end {
			i.progress.Next = ""
		}
		if err := i.save(ctx); err != nil {
			return err
		}
	}
	return nil
}

// store asks the platform about followers and stores what it tells.
func (i *followerImport) store(ctx context.Context, openIDs []string) error {
	updates := make([]official.FollowerUpdate, 0, len(openIDs))
	for rest := openIDs; len(rest) > 0; {
		some := rest[:min(len(rest), weixin.MaxUserInfos)]
		rest = rest[len(some):]
		users, err := i.client.UserInfos(ctx, some)
		if err != nil {
			return err
		}
		told := make(map[string]bool, len(users))
		for n := range users {
			told[users[n].OpenID] = true
			updates = append(updates, i.update(&users[n]))
		}
		for _, openID := range some {
			if told[openID] {
				continue
			}
			update, err := i.untold(ctx, openID)
			if err != nil {
				return err
			}
			updates = append(updates, update)
		}
	}
	return i.service.UpsertFollowers(ctx, i.job.Account, updates)
}

// update is what the platform tells of a follower in the form of the service.
func (i *followerImport) update(u *weixin.User) official.FollowerUpdate {
	update := official.FollowerUpdate{
		OpenID: u.OpenID, Profile: profileOf(u), Subscribed: u.Subscribed, SubscribeTime: u.SubscribeTime * 1000,
	}
	switch {
	case !u.Subscribed:
	case i.progress.Tags:
		update.Groups = []string{}
		for _, tag := range u.TagIDs[:min(len(u.TagIDs), official.MaxMemberships)] {
			update.Groups = append(update.Groups, strconv.FormatInt(tag, 10))
		}
	default:
		update.Groups = []string{strconv.FormatInt(u.GroupID, 10)}
	}
	return update
}

// untold is the update of a follower of whom the platform lists nothing but the openid: what is known stays.
func (i *followerImport) untold(ctx context.Context, openID string) (official.FollowerUpdate, error) {
	update := official.FollowerUpdate{OpenID: openID, Subscribed: true}
	known, err := i.service.Follower(ctx, i.job.Account, openID)
	switch {
	case core.CodeOf(err) == core.NotFound:
		return update, nil
	case err != nil:
		return update, err
	}
	update.Profile, update.SubscribeTime = known.Profile, known.SubscribeTime
	return update, nil
}

// importBlacklist marks those whom the platform shuts out, where groups do not tell.
func (i *followerImport) importBlacklist(ctx context.Context) error {
	for i.progress.Tags {
		page, err := i.client.Blacklist(ctx, i.progress.Next)
		if refused(err) && !credentialsRefused(err) {
			i.log.Warn("the platform does not tell who is shut out", "account", i.job.Account, "error", err)
			return nil
		}
		if err != nil {
			return err
		}
		var known []string
		for _, openID := range page.List {
			_, err := i.service.Follower(ctx, i.job.Account, openID)
			if err == nil {
				known = append(known, openID)
			} else if core.CodeOf(err) != core.NotFound {
				return err
			}
		}
		if len(known) > 0 {
			if err := i.service.AddToGroup(ctx, i.job.Account, official.GroupBlocked, known...); err != nil {
				return err
			}
		}
		if page.Next == "" || page.Next == i.progress.Next {
			return nil
		}
		i.progress.Next = page.Next
		if err := i.save(ctx); err != nil {
			return err
		}
	}
	return nil
}

// profileOf is the profile that the platform tells, within the service's bounds.
func profileOf(u *weixin.User) official.Profile {
	const text, address = 1000, 2000
	p := official.Profile{
		Nickname: clip(u.Nickname, text), Country: clip(u.Country, text), Province: clip(u.Province, text),
		City: clip(u.City, text), Language: clip(u.Language, text), UnionID: clip(u.UnionID, text),
		Remark: clip(u.Remark, text), Avatar: clip(u.Avatar, address),
	}
	if u.Sex == int(official.GenderMale) || u.Sex == int(official.GenderFemale) {
		p.Gender = official.Gender(u.Sex)
	}
	return p
}

// fetchProfile asks about somebody who has begun to follow.
func (w *Worker) fetchProfile(ctx context.Context, job *official.Job) error {
	client, err := w.client(ctx, job.Account)
	if err != nil {
		return err
	}
	u, err := client.UserInfo(ctx, job.Key)
	if err != nil || !u.Subscribed {
		return err
	}
	return w.service.UpsertFollowers(ctx, job.Account, []official.FollowerUpdate{{
		OpenID: job.Key, Profile: profileOf(u), Subscribed: true, SubscribeTime: u.SubscribeTime * 1000,
	}})
}
