package org.edgemnist.digits

import ai.onnxruntime.OrtException
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.Properties
import kotlin.system.exitProcess

/**
 * Runs a model over a file of images, for `edgemnist verify --runtime jvm`. Not part of the app, whose classes it
 * calls: what is proven here is what a phone runs, but for the processor.
 *
 * Arguments: the model file, and a folder that holds
 *
 *     contract.properties  what the model takes and gives
 *     images.bin           uint8 (n, pixels)
 *
 * and gets
 *
 *     scores.bin           output dtype (n, classes), little-endian
 *     probabilities.bin    float32 (n, classes), little-endian
 */
fun main(arguments: Array<String>) {
    try {
        prove(arguments)
    } catch (error: OrtException) {
        System.err.println(error.message)
        exitProcess(2)
    }
}

private fun prove(arguments: Array<String>) {
    val (model, folder) = arguments.map(::File)
    val contract = readContract(folder.resolve("contract.properties"))
    val images = folder.resolve("images.bin").readBytes()
    val size = contract.input.pixelCount
    val count = images.size / size
    val scores = allocate(count * contract.labels.size * contract.output.dtype.sizeBytes)
    val probabilities = allocate(count * contract.labels.size * Float.SIZE_BYTES)
    Classifier(model.readBytes(), contract).use { classifier ->
        for (index in 0 until count) {
            val answer = classifier.classify(images.copyOfRange(index * size, (index + 1) * size))
            answer.scores.forEach { scores.putStored(it, contract.output.dtype) }
            answer.probabilities.forEach(probabilities::putFloat)
        }
    }
    folder.resolve("scores.bin").writeBytes(scores.array())
    folder.resolve("probabilities.bin").writeBytes(probabilities.array())
}

private fun allocate(sizeBytes: Int): ByteBuffer = ByteBuffer.allocate(sizeBytes).order(ByteOrder.LITTLE_ENDIAN)

private fun ByteBuffer.putStored(score: Float, dtype: Dtype) {
    if (dtype == Dtype.FLOAT32) putFloat(score) else put(score.toInt().toByte())
}

private fun readContract(file: File): Contract {
    val words = Properties().apply { file.reader().use(::load) }
    fun word(name: String): String = requireNotNull(words.getProperty(name)) { "$file: no $name" }
    fun scale(end: String) = Scale(word("${end}_scale").toDouble(), word("${end}_zero_point").toInt())
    return Contract(
        Input(
            word("input_name"),
            Dtype.of(word("input_dtype")),
            word("input_shape").split(", ").map(String::toLong),
            word("input_low").toDouble(),
            word("input_high").toDouble(),
            scale("input"),
        ),
        Output(word("output_name"), Dtype.of(word("output_dtype")), Kind.of(word("output_kind")), scale("output")),
        List(word("classes").toInt()) { word("label_$it") },
        Picture(Preparation.of(word("preparation")), Ink.of(word("ink"))),
    )
}
