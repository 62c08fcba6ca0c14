#!/usr/bin/env bash
# Packs the front door for Azure Functions into .build/azure/front-door.zip.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=$root/.build/azure/front-door
cd "$root"
./audioreprompt build
rm -rf "$out" "$out.zip"
dotnet publish functions -c Release -o "$out" -p:AzureFunctions=true -p:FullRegistry=true --nologo
# Instances have no GPU; the CUDA and TensorRT parts are most of the package.
find "$out" -name 'libonnxruntime_providers_cuda.*' -delete -o -name 'libonnxruntime_providers_tensorrt.*' -delete
cp config.yaml "$out/"
cp -r data "$out/"
mkdir -p "$out/.build" "$out/web"
cp -r .build/embeddings "$out/.build/"
cp -r web/dist "$out/web/"
(cd "$out" && zip -qr "$out.zip" .)
printf '%s\n' "$out.zip"
