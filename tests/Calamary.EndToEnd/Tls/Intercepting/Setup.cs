namespace Calamary.EndToEnd.Tls.Intercepting;

/// <summary>Settings that these tests share.</summary>
internal static class Setup
{
    public static string Root => Pki.Instance.Root;
    public static string Intercept => Pki.Instance.Intercept;

    /// <summary>Everything that can be decrypted is, and everything is accepted.</summary>
    public static async Task<Settings> EverythingAsync(Way way = Way.Transparent, string listener = "") =>
        (await way.SettingsAsync(listener)).Rule("{protoL5: tls}", "intercept", "name: look").Rule("{port: 1-65535}", "accept", "name: rest");

    /// <summary>Rules for what is inside come first; what they do not say is denied.</summary>
    public static async Task<Settings> InsideAsync(params (string Match, string Action)[] rules) => rules
        .Aggregate(await Way.Transparent.SettingsAsync(), (made, rule) => made.Rule(rule.Match, rule.Action))
        .Rule("{protoL5: tls}", "intercept");
}
