package wire

// Source gives the values of a request's parameters under the rules of its platform: where they come from, how they are
// coerced, which checks they pass and in which words a refusal is put. What it returns is valid until the call ends.
//
// present is false for a parameter that is neither given nor has a default; its value is then the zero value. The error
// of a refused value is the platform's own and ends the call.
type Source interface {
	Text(p *ParamSpec) (value string, present bool, err error)
	Int(p *ParamSpec) (value int64, present bool, err error)
	List(p *ParamSpec) (values []string, present bool, err error)
}

// Type is the type of a parameter or of a field of an answer.
type Type uint8

// The types of parameters and fields.
const (
	TypeString Type = iota + 1
	TypeInt
	TypeEnum
	TypeList    // several strings, joined with commas where the platform does
	TypeJSON    // a JSON object or array, kept as text
	TypeDecimal // an integer written as a string
	TypeObject
	TypeObjects // a list of objects
	TypeBool
	TypeStrings // a JSON list of strings
	TypeInts    // a JSON list of integers
	TypeBase64  // bytes, as a string in base64
	TypeKeyed   // an object whose members, named by key, are objects
	TypeAmounts // an object whose members, named by key, are integers
)

// Bound is an inclusive limit of a length, a value or a count.
type Bound struct {
	Set bool
	At  int64
}

// Place is where a request carries a parameter, for platforms that use several.
type Place uint8

// The places of parameters.
const (
	// PlaceUsual is where the dialect's parameters are unless they say something else.
	PlaceUsual Place = iota
	// PlacePath is a segment of the URL's path, which the endpoint's name has as {NAME}.
	PlacePath
	// PlaceQuery is the query of the URL.
	PlaceQuery
	// PlaceBody is a member of the object that the body is.
	PlaceBody
	// PlaceWhole is the body as a whole.
	PlaceWhole
	// PlacePart is a part of a multipart form.
	PlacePart
)

// ParamSpec is what is known of a parameter without the request that it belongs to.
type ParamSpec struct {
	Name     string
	Type     Type
	From     Place
	Required bool
	// Default is used, and checked, where the parameter is absent.
	Default    string
	HasDefault bool
	// Min and Max bound a string's length in bytes, an integer's value or a list's number of items.
	Min, Max Bound
	// Values are what an enum allows.
	Values []string
	// GoName, Embedded and GoType are the words of error texts that come from a Go decoder; see Param.
	GoName, Embedded, GoType string
	ZH, EN                   string
	Fields                   []ParamSpec // of an object or of the objects of a list
}

// FieldSpec is what is known of a field of an answer.
type FieldSpec struct {
	Name string
	Type Type
	// Nullable fields are null, and Optional ones left out, where there is nothing to say.
	Nullable, Optional bool
	// Conditional fields are members of some answers only; see Field.When.
	Conditional bool
	ZH, EN      string
	Fields      []FieldSpec // of an object or of the objects of a list
}
