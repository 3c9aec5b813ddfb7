package report

import (
	"html/template"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// whole are the points of complete seconds: the last may be a part of one, and what ends after the measured time is not
// throughput.
func (r *Result) whole() []Point {
	return r.Series[:min(len(r.Series), int(r.Seconds+0.01))]
}

// throughput shows the successes in every second.
func (r *Result) throughput() (template.HTML, error) {
	points := r.whole()
	if len(points) < 2 {
		return "", nil
	}
	p := newPlot("seconds", "requests per second")
	var lines []line
	top := 1.0
	add := func(name string, count func(*Point) int64) {
		l := line{name: name, colour: colourOf(name)}
		for i := range points {
			y := float64(count(&points[i]))
			top = max(top, y)
			l.points = append(l.points, plotter.XY{X: float64(points[i].Second) + 0.5, Y: y})
		}
		lines = append(lines, l)
	}
	if len(r.Operations) > 1 {
		add("all", func(p *Point) (sum int64) {
			for _, n := range p.Succeeded {
				sum += n
			}
			return sum
		})
	}
	for _, o := range r.Operations {
		add(o.Name, func(p *Point) int64 { return p.Succeeded[o.Name] })
	}
	r.seconds(p)
	p.Y.Min, p.Y.Max = 0, top*1.5 // the legend stands above the curves
	p.Y.Tick.Marker = ticks{label: func(y float64) string { return Count(int64(y)) }}
	return drawChart(p, lines)
}

// stalls shows the longest response time of every second, above the median of all.
func (r *Result) stalls() (template.HTML, error) {
	points := r.whole()
	if len(points) < 2 {
		return "", nil
	}
	p := newPlot("seconds", "response time")
	median := max(1, r.Total.Response.P50)
	lines := []line{
		{name: "slowest", colour: colourOf("list")},
		{name: "median of the run", colour: colourOf("all"), points: plotter.XYs{{X: 0, Y: median}, {X: r.Seconds, Y: median}}},
	}
	for _, point := range points {
		lines[0].points = append(lines[0].points, plotter.XY{X: float64(point.Second) + 0.5, Y: max(1, point.Slowest)})
	}
	r.seconds(p)
	times(p, lines, 3)
	return drawChart(p, lines)
}

// failures shows the errors in every second, if there were any.
func (r *Result) failures() (template.HTML, error) {
	points := r.whole()
	l := line{colour: colourOf("list")}
	top := 0.0
	for _, point := range points {
		y := float64(point.Errors)
		top = max(top, y)
		l.points = append(l.points, plotter.XY{X: float64(point.Second) + 0.5, Y: y})
	}
	if len(points) < 2 || top == 0 {
		return "", nil
	}
	p := newPlot("seconds", "errors per second")
	r.seconds(p)
	p.Y.Min, p.Y.Max = 0, top*1.15
	p.Y.Tick.Marker = ticks{label: func(y float64) string {
		if y == math.Trunc(y) {
			return Count(int64(y))
		}
		return strconv.FormatFloat(y, 'g', 3, 64)
	}}
	return drawChart(p, []line{l})
}

// distribution shows the response times of each operation against the share of requests that took no longer.
func (r *Result) distribution() (template.HTML, error) {
	var lines []line
	end := 90.0
	for _, o := range r.Operations {
		if o.Response.Count < 2 {
			continue
		}
		// Beyond this percentage there is less than one request.
		last := min(100-100/float64(o.Response.Count), tailEnd)
		l := line{name: o.Name, colour: colourOf(o.Name)}
		for _, q := range o.Response.Curve {
			if q.Percent <= last {
				l.points = append(l.points, plotter.XY{X: q.Percent, Y: max(1, q.Time)})
			}
		}
		l.points = append(l.points, plotter.XY{X: last, Y: max(1, o.Response.Max)})
		lines = append(lines, l)
		end = max(end, last)
	}
	if len(lines) == 0 {
		return "", nil
	}
	p := newPlot("share of the requests", "response time, at most")
	p.X.Min, p.X.Max = 0, end
	p.X.Scale, p.X.Tick.Marker = tail{}, tailTicks{}
	times(p, lines, 1.2)
	p.Legend.Top, p.Legend.Left = false, false // the curves rise to the right
	return drawChart(p, lines)
}

// seconds sets the horizontal axis to the measured time.
func (r *Result) seconds(p *plot.Plot) {
	p.X.Min, p.X.Max = 0, max(1, r.Seconds)
	p.X.Tick.Marker = ticks{label: func(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }}
}

// times sets the vertical axis to a logarithmic one of times, with room above the curves.
func times(p *plot.Plot, lines []line, room float64) {
	low, high := math.Inf(1), 0.0
	for _, l := range lines {
		for _, point := range l.points {
			low, high = min(low, point.Y), max(high, point.Y)
		}
	}
	p.Y.Min, p.Y.Max = low/1.5, high*room
	p.Y.Scale = plot.LogScale{}
	p.Y.Tick.Marker = ticks{logarithmic: true, label: Micros}
}
