using System.Globalization;
using System.Text;

namespace Calamary.Core.Configuration.Yaml;

/// <summary>A node of the document with the place where it stands.</summary>
internal abstract class YamlNode(YamlPlace place)
{
    /// <summary>What the whole document is called in messages.</summary>
    public const string RootPath = "config";

    private const int MaxKeyInPath = 64;

    public YamlPlace Place { get; } = place;

    /// <summary><c>service.listen[0].port</c>. Made when asked for: only problems need it.</summary>
    public string Path
    {
        get
        {
            if (Place.Parent is null) return RootPath;
            var places = new Stack<YamlPlace>();
            for (var place = Place; place.Parent is { } parent; place = parent.Place) places.Push(place);
            var path = new StringBuilder();
            foreach (var place in places)
            {
                if (place.Key is not { } key)
                {
                    path.Append(CultureInfo.InvariantCulture, $"[{place.Index}]");
                    continue;
                }
                if (path.Length > 0) path.Append('.');
                path.Append(key.Length == 0 ? "''" : key.AsSpan(0, Math.Min(key.Length, MaxKeyInPath)));
            }
            return path.ToString();
        }
    }
}
