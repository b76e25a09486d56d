package org.edgemnist.digits

import android.app.Activity
import android.os.Bundle
import android.system.Os
import android.util.Log
import android.view.View
import android.widget.TextView
import kotlin.math.roundToInt

/** The one screen: a drawing, what the model takes it for, and how probable it finds each class. */
class MainActivity : Activity() {
    private lateinit var session: Session

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        Os.setenv("ORT_DISABLE_TELEMETRY", "1", true) // else newer ONNX Runtimes report each model that runs to their vendor
        setContentView(R.layout.main)
        session = lastNonConfigurationInstance as Session? ?: openSession()
        if (session.selfTest.passed) connect(session.model) else refuse(session.selfTest)
    }

    /** A drawing outlives the turn of the phone. */
    override fun onRetainNonConfigurationInstance(): Any = session

    override fun onDestroy() {
        session.model.onChange = {}
        if (!isChangingConfigurations) session.classifier.close()
        super.onDestroy()
    }

    private fun openSession(): Session {
        val classifier = Classifier(assets.open(MODEL).use { it.readBytes() }, modelContract)
        val vectors = assets.open(GOLDEN).reader().use { readGoldenVectors(it, modelContract.input.pixelCount) }
        val model = DigitModel(modelContract.picture, classifier::classify)
        val selfTest = classifier.selfTest(vectors)
        if (!selfTest.passed) classifier.writeAnswers(vectors, ANSWERS).forEach { Log.w(TAG, it) }
        return Session(classifier, selfTest, model)
    }

    private fun connect(model: DigitModel) {
        findViewById<DrawingView>(R.id.drawing).model = model
        findViewById<View>(R.id.undo).setOnClickListener { model.undo() }
        findViewById<View>(R.id.clear).setOnClickListener { model.clear() }
        model.onChange = ::show
    }

    private fun show(state: DigitState) {
        findViewById<DrawingView>(R.id.drawing).strokes = state.strokes
        findViewById<BarsView>(R.id.bars).show(modelContract.labels, state.probabilities)
        for (button in listOf(R.id.undo, R.id.clear)) findViewById<View>(button).isEnabled = !state.isEmpty
        findViewById<TextView>(R.id.label).text = describe(state.answer)
    }

    private fun describe(answer: Answer?): String =
        if (answer == null) getString(R.string.prompt)
        else getString(R.string.answer, answer.label, (100 * answer.probabilities[answer.best]).roundToInt())

    /** A device that computes other answers than the proven ones shows none. */
    private fun refuse(selfTest: SelfTest) {
        findViewById<TextView>(R.id.label).text =
            getString(R.string.self_test_failed, selfTest.matching, selfTest.images)
        for (view in listOf(R.id.drawing, R.id.buttons, R.id.bars)) findViewById<View>(view).visibility = View.GONE
    }

    /** What is kept while the activity is made anew. */
    private class Session(val classifier: Classifier, val selfTest: SelfTest, val model: DigitModel)

    private companion object {
        const val MODEL = "small_int8.onnx"
        const val GOLDEN = "golden.csv"
        const val TAG = "digits"

        /** Whose answers are logged, for: edgemnist diff. */
        const val ANSWERS =
            "model=b0e609b3c3ea0e5e8c7d7048a10a8cbb6a374a344145da4a1d1620c282ce61bf " +
                "data=f5147f7baa1787ec4b3cd00068f8ec8a61d969373b74639b6aef5c981fc5a5b2 " +
                "precision=int8 dtype=float32 kind=probabilities classes=10 images=20 kit=android"
    }
}
