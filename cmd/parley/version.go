package main

import (
	"context"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v3"
)

// version is the program's version.
const version = "0.1.0"

type versionInfo struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func (p *program) versionCommand() *cli.Command {
	return &cli.Command{
		Name:        "version",
		Usage:       "print the version",
		Description: "Example:\n\n   parley version --json",
		Flags:       []cli.Flag{jsonFlag()},
		Action: func(_ context.Context, c *cli.Command) error {
			v := versionInfo{
				Version: version, Revision: revision(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
			}
			lines := [][]string{{"parley", v.Version}, {"go", v.Go}, {"platform", v.Platform}}
			if v.Revision != "" {
				lines = append(lines, []string{"revision", v.Revision})
			}
			return p.show(c, v, lines)
		},
	}
}

// revision is the commit that the program was built from, if the build recorded one.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}
