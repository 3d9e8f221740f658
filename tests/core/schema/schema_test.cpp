// Numbers of the format (specification tflite-format, sections 2, 3, 10 and 11) that a slip of the schema
// would move: the last slot of each core table, tags and enumerators at the ends and after gaps, defaults.
#include "core/schema/reflection.h"
#include "tests/support/catch.h"

namespace {

constexpr int slotOf(int vtableOffset) {
  return (vtableOffset - 4) / 2;
}

}  // namespace

TEST_CASE("core tables have their fields in the slots of the format", "[schema]") {
  using namespace tflite;
  CHECK(slotOf(tflite::Model::VT_EXTERNAL_BUFFERS) == 9);
  CHECK(slotOf(OperatorCode::VT_BUILTIN_CODE) == 3);
  CHECK(slotOf(SubGraph::VT_DEBUG_METADATA_INDEX) == 5);
  CHECK(slotOf(Tensor::VT_EXTERNAL_BUFFER) == 10);
  CHECK(slotOf(Tensor::VT_HAS_RANK) == 8);
  CHECK(slotOf(Operator::VT_BUILTIN_OPTIONS) == 4);
  CHECK(slotOf(Operator::VT_LARGE_CUSTOM_OPTIONS_SIZE) == 10);
  CHECK(slotOf(Operator::VT_DEBUG_METADATA_INDEX) == 13);
  CHECK(slotOf(Buffer::VT_SIZE) == 2);
  CHECK(slotOf(QuantizationParameters::VT_DETAILS) == 5);
  CHECK(slotOf(QuantizationParameters::VT_QUANTIZED_DIMENSION) == 6);
  CHECK(slotOf(BlockwiseQuantization::VT_BLOCK_SHAPE) == 3);
  CHECK(slotOf(DimensionMetadata::VT_ARRAY_INDICES) == 5);
  CHECK(slotOf(SignatureDef::VT_SUBGRAPH_INDEX) == 4);
  CHECK(slotOf(ExternalBuffer::VT_PACKING) == 4);
}

TEST_CASE("options have their fields in the slots of the format", "[schema]") {
  using namespace tflite;
  CHECK(slotOf(Conv2DOptions::VT_QUANTIZED_BIAS_TYPE) == 6);
  CHECK(slotOf(DepthwiseConv2DOptions::VT_DILATION_H_FACTOR) == 6);
  CHECK(slotOf(FullyConnectedOptions::VT_QUANT_SPEC) == 5);
  CHECK(slotOf(ResizeBilinearOptions::VT_ALIGN_CORNERS) == 2);
  CHECK(slotOf(TransposeConvOptions::VT_QUANTIZED_BIAS_TYPE) == 4);
  CHECK(slotOf(StablehloConvolutionOptions::VT_PRECISION_CONFIG) == 16);
  CHECK(slotOf(StableHLOCompositeOptions::VT_VERSION) == 4);
}

TEST_CASE("unions and enumerations are complete", "[schema]") {
  using namespace tflite;
  CHECK(BuiltinOptions_MAX == 126);
  CHECK(BuiltinOptions_MAX == BuiltinOptions_RightShiftOptions);
  CHECK(BuiltinOptions_BidirectionalSequenceLSTMOptions == 69);
  CHECK(BuiltinOptions2_MAX == 23);
  CHECK(BuiltinOptions2_MAX == BuiltinOptions2_StablehloCaseOptions);
  CHECK(BuiltinOperator_MAX == 209);
  CHECK(BuiltinOperatorTypeTable()->num_elems == 210);
  CHECK(BuiltinOperator_CUMSUM == 128);
  CHECK(BuiltinOperator_STABLEHLO_CASE == 209);
  CHECK(TensorType_MAX == 22);
  CHECK(QuantizationDetails_MultiAxisQuantization == 3);
  CHECK(SparseIndexVector_Uint8Vector == 3);
}

TEST_CASE("defaults are those of the format", "[schema]") {
  using namespace tflite;
  CHECK(Conv2DOptionsT().dilation_w_factor == 1);
  CHECK(Conv2DOptionsT().stride_w == 0);
  CHECK(Conv3DOptionsT().dilation_d_factor == 1);
  CHECK(AddOptionsT().pot_scale_int16);
  CHECK(SubOptionsT().pot_scale_int16);
  CHECK(BidirectionalSequenceLSTMOptionsT().time_major);
  CHECK_FALSE(UnidirectionalSequenceLSTMOptionsT().time_major);
  CHECK(UniqueOptionsT().idx_out_type == TensorType_INT32);
  CHECK(OperatorCodeT().version == 1);
  CHECK(OperatorT().debug_metadata_index == -1);
}

TEST_CASE("reflection finds the members of unions", "[schema]") {
  using quantscope::schema::unionMember;
  CHECK(unionMember(tflite::OperatorTypeTable(), 4, tflite::BuiltinOptions_Conv2DOptions) ==
        tflite::Conv2DOptionsTypeTable());
  CHECK(unionMember(tflite::OperatorTypeTable(), 12, tflite::BuiltinOptions2_StablehloSortOptions) ==
        tflite::StablehloSortOptionsTypeTable());
  CHECK(unionMember(tflite::OperatorTypeTable(), 4, 0) == nullptr);
  CHECK(unionMember(tflite::OperatorTypeTable(), 4, 127) == nullptr);
}
