using System.Runtime.Versioning;

// Timing matters and the machine may be small: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: SupportedOSPlatform("linux")]
