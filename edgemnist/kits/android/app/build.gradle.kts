plugins {
    id("com.android.application")
    id("org.jetbrains.kotlin.android")
}

android {
    namespace = "org.edgemnist.digits"
    compileSdk = 35

    defaultConfig {
        applicationId = "org.edgemnist.digits"
        minSdk = 24
        targetSdk = 35
        versionCode = 1
        versionName = "1"
    }
}

kotlin {
    jvmToolchain(17)
}

// Not 1.29.0, which computes float16 models in half precision on x86-64, so in the emulator, too: 30 times slower, and
// less exact (microsoft/onnxruntime#32255).
val onnxruntime = "1.28.0"

dependencies {
    implementation("com.microsoft.onnxruntime:onnxruntime-android:$onnxruntime")

    // Unit tests run on this machine, with ONNX Runtime's libraries for it.
    testImplementation("com.microsoft.onnxruntime:onnxruntime:$onnxruntime")
    testImplementation("junit:junit:4.13.2")
}
