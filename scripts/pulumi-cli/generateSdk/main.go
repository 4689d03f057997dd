// Writes the SDKs that `pulumi package add` generates, which in the CLI only the host of a language does. The tests compile them.
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
	var spec schema.PackageSpec
	check(json.Unmarshal(text, &spec))
	// The binding checks the schema as Pulumi's registry does.
	_, diagnostics, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	check(err)
	if len(diagnostics) > 0 {
		log.Fatal(diagnostics)
	}
	languages := map[string]schema.Language{"go": golang.Importer, "nodejs": nodejs.Importer, "python": python.Importer}
	pkg, err := schema.ImportSpec(spec, languages, schema.NewNullLoader(), schema.ValidationOptions{})
	check(err)
	files, err := golang.GeneratePackage("tests", pkg, nil)
	write("go", files, err)
	files, err = python.GeneratePackage("tests", pkg, nil, nil)
	write("python", files, err)
	files, err = nodejs.GeneratePackage("tests", pkg, nil, nil, true, nil)
	write("nodejs", files, err)
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
