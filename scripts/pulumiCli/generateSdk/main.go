// Writes the SDKs that `pulumi package add` puts into programs. The CLI leaves that to the hosts of the languages.
//
//	generateSdk schema.json FOLDER
package main

import (
	"encoding/json"
	"log"
	"os"
	"path/filepath"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	log.SetFlags(0)
	text, err := os.ReadFile(os.Args[1])
	check(err)
	// What the CLI hands to a host (cmd/pulumi/packages, InstallPackage). SupportPack changes the module's path in Go.
	pkg := bind(text)
	pkg.SupportPack = true
	text, err = pkg.MarshalJSON()
	check(err)

	files, err := golang.GeneratePackage("tests", bind(text), nil)
	write("go", files, err)
	files, err = python.GeneratePackage("tests", bind(text), nil, nil)
	write("python", files, err)
	files, err = nodejs.GeneratePackage("tests", bind(text), nil, nil, true, nil)
	write("nodejs", files, err)
}

func bind(text []byte) *schema.Package {
	var spec schema.PackageSpec
	check(json.Unmarshal(text, &spec))
	pkg, diagnostics, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	check(err)
	if len(diagnostics) > 0 {
		log.Fatal(diagnostics)
	}
	return pkg
}

func write(language string, files map[string][]byte, err error) {
	check(err)
	for name, content := range files {
		file := filepath.Join(os.Args[2], language, filepath.FromSlash(name))
		check(os.MkdirAll(filepath.Dir(file), 0o755))
		check(os.WriteFile(file, content, 0o644))
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
