namespace Calamary.Core.Rules.Criteria;

/// <summary>The keys of a rule's <c>match</c> and how their criteria are made. A new criterion is one file and one line here.</summary>
internal static class CriterionCatalog
{
    private static readonly OrderedDictionary<string, Func<CriterionValues, Criterion?>> Factories = new(StringComparer.OrdinalIgnoreCase)
    {
        ["src"] = SourceCriterion.TryCreate,
        ["dest"] = DestinationCriterion.TryCreate,
        ["port"] = DestinationPortCriterion.TryCreate,
        ["sport"] = SourcePortCriterion.TryCreate,
        ["protoL3"] = AddressFamilyCriterion.TryCreate,
        ["protoL4"] = TransportCriterion.TryCreate,
        ["protoL5"] = ProtocolCriterion.TryCreate,
        ["dns"] = DomainCriterion.TryCreate,
        ["encrypted"] = EncryptedCriterion.TryCreate,
        ["alpn"] = AlpnCriterion.TryCreate,
        ["tlsVersion"] = TlsVersionCriterion.TryCreate,
        ["ech"] = EchCriterion.TryCreate,
        ["cert"] = CertificateCriterion.TryCreate,
        ["user"] = UserCriterion.TryCreate,
        ["host"] = HostCriterion.TryCreate,
        ["path"] = PathCriterion.TryCreate,
        ["method"] = MethodCriterion.TryCreate,
        ["listener"] = ListenerCriterion.TryCreate,
    };

    /// <summary>The keys in their canonical spelling.</summary>
    public static IReadOnlyList<string> Keys => Factories.Keys;

    /// <summary>Compiles the values of one key.</summary>
    /// <param name="key">The key, in any case.</param>
    /// <param name="values">Its values, variables already replaced.</param>
    /// <param name="protocols">The protocols that have a parser.</param>
    /// <param name="report">Told about every mistake: the index of the value (-1 for the key itself), what is wrong, and what was
    /// probably meant or null.</param>
    /// <returns>Null when anything was reported.</returns>
    public static Criterion? TryCreate(
        string key,
        IValueSource values,
        IReadOnlyList<ProtocolId> protocols,
        Action<int, string, string?> report)
    {
        if (!Factories.TryGetValue(key, out var create))
        {
            report(-1, $"'{key}' is no criterion", ClosestWord.Find(key, Keys));
            return null;
        }
        if (values.Count == 0)
        {
            // Neither "matches nothing" nor "matches everything" is safe to guess.
            report(-1, $"'{key}' has no values: write at least one, or leave the key out", null);
            return null;
        }
        return create(new CriterionValues(values, protocols, report));
    }
}
