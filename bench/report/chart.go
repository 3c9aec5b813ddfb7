package report

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Size of a chart. The page scales it.
const (
	chartWidth  = 10 * vg.Inch
	chartHeight = 3.2 * vg.Inch
	margin      = 16 // points; the last labels reach into it
)

// line is one curve of a chart.
type line struct {
	name   string
	colour color.Color
	points plotter.XYs
}

// colourOf is the colour of an operation, told apart by most people who see colours differently.
func colourOf(operation string) color.RGBA {
	switch operation {
	case "send":
		return color.RGBA{0x00, 0x72, 0xb2, 0xff}
	case "list":
		return color.RGBA{0xd5, 0x5e, 0x00, 0xff}
	case "chats":
		return color.RGBA{0x00, 0x9e, 0x73, 0xff}
	case "bulk":
		return color.RGBA{0xcc, 0x79, 0xa7, 0xff}
	case "mark":
		return color.RGBA{0xb8, 0x86, 0x0b, 0xff}
	case "unread":
		return color.RGBA{0x56, 0xb4, 0xe9, 0xff}
	}
	return color.RGBA{0x44, 0x44, 0x44, 0xff}
}

// newPlot returns an empty chart in the page's style.
func newPlot(x, y string) *plot.Plot {
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = x, y
	p.BackgroundColor = color.Transparent
	sans := font.Font{Typeface: "Liberation", Variant: "Sans", Size: 11}
	for _, style := range []*font.Font{
		&p.X.Label.TextStyle.Font, &p.Y.Label.TextStyle.Font, &p.X.Tick.Label.Font, &p.Y.Tick.Label.Font, &p.Legend.TextStyle.Font,
	} {
		*style = sans
	}
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.Padding, p.Legend.ThumbnailWidth = 3, 18
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = color.Gray{0xe4}, color.Gray{0xe4}
	p.Add(grid)
	return p
}

// drawChart returns the chart with its axes as they are set, as an SVG element for use inside a page.
func drawChart(p *plot.Plot, lines []line) (template.HTML, error) {
	x, y := p.X, p.Y
	for _, l := range lines {
		drawn, err := plotter.NewLine(l.points)
		if err != nil {
			return "", fmt.Errorf("chart of %s: %w", l.name, err)
		}
		drawn.Color, drawn.Width = l.colour, 1.6
		p.Add(drawn)
		if l.name != "" {
			p.Legend.Add(l.name, drawn)
		}
	}
	p.X, p.Y = x, y // adding a line widens them
	canvas := vgsvg.NewWith(vgsvg.UseWH(chartWidth, chartHeight))
	p.Draw(draw.Crop(draw.New(canvas), 0, -margin, 0, -margin/2))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return "", err
	}
	return inline(b.String()), nil
}

// inline makes an SVG file an element: without the prologue and the names of namespaces, which look like addresses, and
// scaled by the page.
func inline(svg string) template.HTML {
	if at := strings.Index(svg, "<svg"); at >= 0 {
		svg = svg[at:]
	}
	head, rest, _ := strings.Cut(svg, ">")
	box := ""
	if _, after, ok := strings.Cut(head, `viewBox="`); ok {
		box, _, _ = strings.Cut(after, `"`)
	}
	return template.HTML(`<svg viewBox="` + box + `" role="img">` + rest) //nolint:gosec // drawn by drawChart; plot escapes text
}

// ticks labels an axis' values at steps of 1, 2 or 5 times a power of ten, or these values themselves on a logarithmic
// axis.
type ticks struct {
	logarithmic bool
	label       func(float64) string
}

// Ticks implements plot.Ticker.
func (t ticks) Ticks(low, high float64) []plot.Tick {
	var all []plot.Tick
	if t.logarithmic {
		wide := high/low > 300 // too many labels would touch
		for value := math.Pow(10, math.Floor(math.Log10(low))); value <= high*1.0001; value *= 10 {
			for _, times := range [...]float64{1, 2, 5} {
				at := value * times
				if at < low*0.9999 || at > high*1.0001 {
					continue
				}
				tick := plot.Tick{Value: at}
				if times == 1 || !wide {
					tick.Label = t.label(at)
				}
				all = append(all, tick)
			}
		}
		return all
	}
	step := math.Pow(10, math.Floor(math.Log10((high-low)/4)))
	for _, times := range [...]float64{5, 2} {
		if (high-low)/(step*times) >= 4 {
			step *= times
			break
		}
	}
	for value := math.Ceil(low/step) * step; value <= high+step/1000; value += step {
		all = append(all, plot.Tick{Value: value, Label: t.label(value)})
	}
	return all
}

// tail spreads the upper percentages: the distance to 100 is logarithmic.
type tail struct{}

// tailEnd is where the axis ends, for 100 itself is infinitely far.
const tailEnd = 99.9999

// Normalize implements plot.Normalizer.
func (tail) Normalize(low, high, x float64) float64 {
	far := func(percent float64) float64 { return -math.Log10(1 - min(percent, tailEnd)/100) }
	return (far(x) - far(low)) / (far(high) - far(low))
}

// tailTicks are the percentages that people speak of.
type tailTicks struct{}

// Ticks implements plot.Ticker.
func (tailTicks) Ticks(_, high float64) []plot.Tick {
	all := []plot.Tick{{Value: 0, Label: "0"}}
	for _, percent := range [...]float64{50, 90, 99, 99.9, 99.99, 99.999} {
		if percent <= high {
			all = append(all, plot.Tick{Value: percent, Label: fmt.Sprintf("%g %%", percent)})
		}
	}
	return all
}
