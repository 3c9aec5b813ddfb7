package openim

// The platform's numbers of the systems that its clients run on.
const (
	platformIOS     = 1
	platformWindows = 3
	platformOSX     = 4
	platformWeb     = 5
	platformMiniWeb = 6
	platformLinux   = 7
	platformAdmin   = 10
	platformHarmony = 11

	// maxPlatform bounds the numbers for which there are tokens; those beyond the platform's own have no class.
	maxPlatform = 63
)

// maxTokensPerPlatform is how many tokens a user keeps on one platform under the policy that ends none.
const maxTokensPerPlatform = 30

// class is a kind of platforms that exclude each other under some policies.
type class uint8

const (
	classMobile class = iota
	classPC
	classWeb
	classNone
)

func classOf(platform int64) class {
	switch {
	case platform == platformWindows, platform == platformOSX, platform == platformLinux:
		return classPC
	case platform == platformWeb, platform == platformMiniWeb:
		return classWeb
	case platform >= platformIOS && platform <= platformHarmony && platform != platformAdmin:
		return classMobile
	}
	return classNone
}

// platformBit stands for a platform in a set of platforms.
func platformBit(platform int64) uint64 { return 1 << uint64(platform&maxPlatform) }

// ends returns the platforms on which a user's tokens end when there is a new one on the given platform.
func (p loginPolicy) ends(platform int64) uint64 {
	own := classOf(platform)
	switch p {
	case onePlatform:
		return platformBit(platform)
	case oneClass:
		return platformBit(platform) | platformsOf(func(c class) bool { return c == own && c != classNone })
	case pcAndAnother:
		return platformBit(platform) | platformsOf(func(c class) bool { return (c == classPC) == (own == classPC) })
	case keepAll:
	}
	return 0
}

// platformsOf returns the platforms whose class is chosen.
func platformsOf(chosen func(class) bool) (set uint64) {
	for platform := range int64(maxPlatform + 1) {
		if platform != platformAdmin && chosen(classOf(platform)) {
			set |= platformBit(platform)
		}
	}
	return set
}
