// Loads a SavedModel as TF Serving does, XLA compilation disabled, and answers requests.
//
//     load_saved_model DIR < requests > answers        answers each once
//     load_saved_model DIR REPEATS < requests          prints the seconds of one call
//
// A request is the signature's name and the number of tensors, a line each; then for
// each tensor its name and size, a line each, and so many bytes of TensorProto. Answers
// are written alike, "ok" or "error" in place of the signature's name.

#include <chrono>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tensorflow/cc/saved_model/loader.h"
#include "tensorflow/core/framework/tensor.h"
#include "tensorflow/core/framework/tensor.pb.h"
#include "tensorflow/core/public/session.h"

namespace tensorflow {
void DisableXlaCompilation();
}

using Tensors = std::vector<std::pair<std::string, tensorflow::Tensor>>;

static bool ReadTensors(int count, Tensors* tensors) {
  for (int i = 0; i < count; ++i) {
    std::string name, size;
    std::getline(std::cin, name);
    std::getline(std::cin, size);
    std::string bytes(std::stoul(size), '\0');
    std::cin.read(bytes.data(), bytes.size());
    tensorflow::TensorProto proto;
    tensorflow::Tensor tensor;
    if (!proto.ParseFromString(bytes) || !tensor.FromProto(proto)) return false;
    tensors->emplace_back(name, tensor);
  }
  return true;
}

static void WriteBytes(const std::string& name, const std::string& bytes) {
  std::cout << name << "\n" << bytes.size() << "\n" << bytes;
}

int main(int argc, char** argv) {
  tensorflow::DisableXlaCompilation();
  const int repeats = argc > 2 ? std::stoi(argv[2]) : 0;
  tensorflow::SavedModelBundleLite bundle;
  const auto loaded = tensorflow::LoadSavedModel(
      tensorflow::SessionOptions(), tensorflow::RunOptions(), argv[1], {"serve"},
      &bundle);
  if (!loaded.ok()) {
    std::cerr << loaded.ToString() << std::endl;
    return 1;
  }
  std::string signature_name, count;
  while (std::getline(std::cin, signature_name) && std::getline(std::cin, count)) {
    Tensors named, feeds;
    if (!ReadTensors(std::stoi(count), &named)) return 2;
    const auto& signature = bundle.GetSignatures().at(signature_name);
    for (const auto& [name, tensor] : named) {
      feeds.emplace_back(signature.inputs().at(name).name(), tensor);
    }
    std::vector<std::string> names, fetches;
    for (const auto& [name, info] : signature.outputs()) {
      names.push_back(name);
      fetches.push_back(info.name());
    }
    std::vector<tensorflow::Tensor> outputs;
    auto status = bundle.GetSession()->Run(feeds, fetches, {}, &outputs);
    if (!status.ok()) {
      std::cout << "error\n1\n";
      WriteBytes("message", status.ToString());
      continue;
    }
    if (repeats == 0) {
      std::cout << "ok\n" << names.size() << "\n";
      for (size_t i = 0; i < names.size(); ++i) {
        tensorflow::TensorProto proto;
        outputs[i].AsProtoField(&proto);
        WriteBytes(names[i], proto.SerializeAsString());
      }
      continue;
    }
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < repeats; ++i) {
      status = bundle.GetSession()->Run(feeds, fetches, {}, &outputs);
    }
    const std::chrono::duration<double> seconds =
        std::chrono::steady_clock::now() - start;
    std::cout << seconds.count() / repeats << "\n";
  }
  return 0;
}
