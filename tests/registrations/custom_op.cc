// An op of our own, whose kernels differ in all that decides which one a node gets; and a question
// to TensorFlow that its Python does not offer: which kernel that is.
#include <string>

#include "tensorflow/core/framework/kernel_def.pb.h"
#include "tensorflow/core/framework/node_def.pb.h"
#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/op_kernel.h"
#include "tensorflow/core/framework/shape_inference.h"

namespace {

using tensorflow::DEVICE_CPU;
using tensorflow::DEVICE_DEFAULT;

REGISTER_OP("EnvprobeSame")
    .Input("x: T")
    .Output("y: T")
    .Attr("T: {float, double, half, int32}")
    .Attr("strength: int >= 2 = 3")
    .SetShapeFn([](tensorflow::shape_inference::InferenceContext* context) {
      context->set_output(0, context->input(0));
      return tensorflow::Status();
    });

class Same : public tensorflow::OpKernel {
 public:
  using OpKernel::OpKernel;
  void Compute(tensorflow::OpKernelContext* context) override {
    context->set_output(0, context->input(0));
  }
};

REGISTER_KERNEL_BUILDER(Name("EnvprobeSame").Device(DEVICE_CPU).TypeConstraint<float>("T"), Same);
REGISTER_KERNEL_BUILDER(
    Name("EnvprobeSame").Device(DEVICE_CPU).TypeConstraint<float>("T").HostMemory("x").Priority(2),
    Same);
REGISTER_KERNEL_BUILDER(
    Name("EnvprobeSame").Device(DEVICE_CPU).TypeConstraint<double>("T").Label("exact"), Same);
REGISTER_KERNEL_BUILDER(Name("EnvprobeSame")
                            .Device(DEVICE_DEFAULT)
                            .TypeConstraint<tensorflow::int32>("T")
                            .HostMemory("x")
                            .HostMemory("y"),
                        Same);

}  // namespace

// The KernelDef that a NodeDef gets on a device type, and its size, which is -1 where there is none.
extern "C" const char* envprobe_find_kernel(const char* device_type, const char* node,
                                            int node_size, int* size) {
  static std::string found;
  tensorflow::NodeDef def;
  const tensorflow::KernelDef* kernel = nullptr;
  *size = -1;
  if (!def.ParseFromArray(node, node_size)) return "";
  if (!FindKernelDef(tensorflow::DeviceType(device_type), def, &kernel, nullptr).ok()) return "";
  found = kernel->SerializeAsString();
  *size = static_cast<int>(found.size());
  return found.data();
}
